import { parseDuration } from "./duration.ts";
import { parseImageName, withTag } from "./image-name.ts";
import type { Json, JsonObject } from "./json.ts";
import { manifestReader, type Reader } from "./manifest-reader.ts";
import { MIB, parseSize } from "./size.ts";

/** The runtimes that a deployment offers: upstream's manifest, checked. */
export interface Manifest {
  /** Family name → its kinds, as in the file. */
  readonly families: ReadonlyMap<string, readonly RuntimeKind[]>;
  /** Images that count as our own: never pulled, sentinels awaited. Compared with a missing tag as `latest`. */
  readonly blackboxes: readonly string[];
}

/** One runtime. */
export interface RuntimeKind {
  /** `nodejs:24`. */
  readonly kind: string;
  /** `[registry/][prefix/]name[:tag]`. */
  readonly image: string;
  /** As in the file: the only kind of a family is its default without saying so. */
  readonly default: boolean;
  readonly deprecated: boolean;
  /** Whether code is an attachment: changes one error text. */
  readonly attached: boolean;
  readonly requireMain: boolean;
  /** Whether the end of an activation's log is marked on both streams. */
  readonly sentinelledLogs: boolean;
  readonly stemCells: readonly StemCellConfig[];
  /** What there is to say of it, such as which version stands in for the one that it names. Upstream passes over it. */
  readonly description?: string;
}

/** Containers to keep ready for any action of a kind. */
export interface StemCellConfig {
  readonly initialCount: number;
  readonly memoryMb: number;
  readonly reactive?: {
    readonly minCount: number;
    readonly maxCount: number;
    readonly ttlMs: number;
    readonly threshold: number;
    readonly increment: number;
  };
}

/** Reads upstream's `runtimes.json`. @throws InvalidManifest saying what is wrong where. */
export function parseManifest(json: unknown): Manifest {
  const root = manifestReader(json);
  const families = new Map<string, readonly RuntimeKind[]>();
  const seen = new Set<string>();
  for (const [family, kinds] of root.optional("runtimes")?.entries() ?? []) {
    families.set(family, parseFamily(family, kinds, seen));
  }
  return { families, blackboxes: root.optional("blackboxes")?.items().map(parseImage) ?? [] };
}

function parseFamily(family: string, list: Reader, seen: Set<string>): RuntimeKind[] {
  const kinds = list.items().map((item) => {
    const kind = parseKind(item);
    if (seen.has(kind.kind)) item.fail(`repeats the kind ${kind.kind}`);
    seen.add(kind.kind);
    return kind;
  });
  const defaults = kinds.filter((kind) => kind.default).length;
  if (defaults > 1) list.fail(`found more than one default for ${family}`);
  if (defaults === 0 && kinds.length > 1) list.fail(`${family} has multiple versions, but no default`);
  return kinds;
}

function parseKind(json: Reader): RuntimeKind {
  const description = json.optional("description")?.text();
  return {
    kind: json.member("kind").text(),
    image: parseImage(json.member("image")),
    default: json.optional("default")?.flag() ?? false,
    deprecated: json.optional("deprecated")?.flag() ?? false,
    attached: json.optional("attached") !== undefined,
    requireMain: json.optional("requireMain")?.flag() ?? false,
    sentinelledLogs: json.optional("sentinelledLogs")?.flag() ?? true,
    stemCells: json.optional("stemCells")?.items().map(parseStemCell) ?? [],
    ...(description !== undefined && { description }),
  };
}

function parseImage(json: Reader): string {
  const part = (name: string): string => json.optional(name)?.text() ?? "";
  const registry = part("registry").replace(/\/$/, "");
  const path = [registry, part("prefix"), json.member("name").text()].filter((text) => text !== "").join("/");
  const tag = part("tag");
  const image = tag === "" ? path : `${path}:${tag}`;
  if (parseImageName(image) !== image) json.fail(`${image} is not the name of an image`);
  return image;
}

function parseStemCell(json: Reader): StemCellConfig {
  const count = json.optional("initialCount") ?? json.optional("count") ?? json.member("initialCount");
  const memory = json.member("memory");
  const bytes = parseSize(memory.text()) ?? memory.fail('must be a size such as "256 MB"');
  const memoryMb = Math.floor(bytes / MIB);
  if (memoryMb < 1) memory.fail("must be 1 MB or more");
  const reactive = json.optional("reactive");
  return {
    initialCount: count.count(1),
    memoryMb,
    ...(reactive === undefined ? {} : { reactive: parseReactive(reactive) }),
  };
}

function parseReactive(json: Reader): NonNullable<StemCellConfig["reactive"]> {
  const maxCount = json.member("maxCount").count(1);
  const ttl = json.member("ttl");
  const ttlMs = parseDuration(ttl.text()) ?? ttl.fail('must be a duration such as "2 minutes"');
  if (ttlMs <= 0) ttl.fail("must be positive");
  return {
    minCount: json.member("minCount").count(0, maxCount),
    maxCount,
    ttlMs,
    threshold: json.member("threshold").count(1),
    increment: json.member("increment").count(1, maxCount),
  };
}

const DEFAULT_OF_FAMILY = /^([a-z0-9]+):default$/;

/** The runtime of a kind as stored, undefined when the manifest has none. */
export function findRuntime(manifest: Manifest, kind: string): RuntimeKind | undefined {
  for (const kinds of manifest.families.values()) {
    const found = kinds.find((runtime) => runtime.kind === kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The runtime of a kind as users name it: `nodejs:default` is the default of its family. */
export function resolveKind(manifest: Manifest, kind: string): RuntimeKind | undefined {
  const family = DEFAULT_OF_FAMILY.exec(kind)?.[1];
  if (family === undefined) return findRuntime(manifest, kind);
  const kinds = manifest.families.get(family) ?? [];
  return kinds.length === 1 ? kinds[0] : kinds.find((runtime) => runtime.default);
}

/** All kinds that the manifest lists, aliases left out. */
export function knownKinds(manifest: Manifest): string[] {
  return [...manifest.families.values()].flat().map((runtime) => runtime.kind);
}

/** The manifest with `kind` as the default of its family. @throws RangeError when the manifest lacks the kind. */
export function withDefaultKind(manifest: Manifest, kind: string): Manifest {
  const family = [...manifest.families].find(([, kinds]) => kinds.some((runtime) => runtime.kind === kind));
  if (family === undefined) throw new RangeError(`The runtimes manifest has no kind ${kind}.`);
  const kinds = family[1].map((runtime) => ({ ...runtime, default: runtime.kind === kind }));
  return { ...manifest, families: new Map(manifest.families).set(family[0], kinds) };
}

/** Whether a user's image counts as one of our own: it is not pulled, and marks the end of its logs. */
export function isBlackboxNative(manifest: Manifest, image: string): boolean {
  const wanted = withTag(image);
  return manifest.blackboxes.some((ours) => withTag(ours) === wanted);
}

/** The member `runtimes` of `GET /`. */
export function manifestResource(manifest: Manifest): JsonObject {
  const shown = (runtime: RuntimeKind): Json => ({
    kind: runtime.kind,
    image: runtime.image,
    deprecated: runtime.deprecated,
    default: runtime.default,
    attached: runtime.attached,
    requireMain: runtime.requireMain,
  });
  return Object.fromEntries([...manifest.families].map(([family, kinds]) => [family, kinds.map(shown)]));
}
