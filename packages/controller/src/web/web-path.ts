import { type ActionPath, isEntityName } from "@meringue/core";

/** What a result is made into. */
export type Extension = (typeof EXTENSIONS)[number];

const EXTENSIONS = [".http", ".json", ".html", ".svg", ".text"] as const;

/** The URL of a web action, taken apart. */
export interface WebPath {
  readonly action: ActionPath;
  readonly extension: Extension;
  /** What follows the action: empty or beginning with a slash, percent-encoded where that is needed. */
  readonly rest: string;
}

/** Where web actions are, and how many segments that is. */
export const WEB_PREFIX = "/api/v1/web";
const PREFIX_SEGMENTS = WEB_PREFIX.split("/").length;
/** The package that stands for none. */
const NO_PACKAGE = "default";

/** Reads the path of a URL below {@link WEB_PREFIX}. @returns undefined when it cannot be a web action's. */
export function parseWebPath(path: string): WebPath | undefined {
  const [namespace, packageName, segment, ...rest] = path.split("/").slice(PREFIX_SEGMENTS).map(decode);
  if (!isName(namespace) || !isName(packageName) || !isName(segment)) return undefined;
  const extension = EXTENSIONS.find((known) => segment.endsWith(known));
  const name = extension === undefined ? segment : segment.slice(0, -extension.length);
  if (!isName(name)) return undefined;
  return {
    action: { namespace, name, ...(packageName === NO_PACKAGE ? {} : { packageName }) },
    extension: extension ?? ".http",
    rest: rest.map((part) => `/${encode(part ?? "")}`).join(""),
  };
}

function isName(text: string | undefined): text is ActionPath["name"] {
  return text !== undefined && isEntityName(text);
}

function decode(segment: string): string | undefined {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Escapes what RFC 3986 does not let a segment have, and nothing else. */
function encode(segment: string): string {
  return encodeURIComponent(segment).replaceAll(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
}
