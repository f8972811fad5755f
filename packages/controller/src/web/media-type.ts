/** A content type, taken apart. Names are in lower case. */
export interface MediaType {
  /** `text/html`. */
  readonly essence: string;
  /** All parameters but the charset. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly charset: string | undefined;
  /** `binary` travels as base64 through JSON; `text` in any charset, `utf-8` in that one only, as it is. */
  readonly form: "text" | "utf-8" | "binary";
}

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const PARAMETER = /;\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:([!#$%&'*+.^_`|~\w-]+)|"((?:[^"\\]|\\.)*)")\s*/gy;

/** Text of any charset, `text/*` aside. */
const TEXT = new Set(
  (
    "atom+xml base64 javascript rss+xml soap+xml vnd.google-earth.kml+xml x-latex x-vrml xhtml+xml xml xml-dtd " +
    "problem+xml"
  )
    .split(" ")
    .map((subtype) => `application/${subtype}`),
);
/** The `text/*` that count as text; others do only when they name their charset. */
const TEXT_SUBTYPES = new Set(
  (
    "asp cache-manifest calendar css csv html markdown mcf plain richtext tab-separated-values uri-list vnd.wap.wml " +
    "vnd.wap.wmlscript x-asm x-c x-component x-h x-java-source x-pascal x-script x-scriptcsh x-scriptelisp " +
    "x-scriptksh x-scriptlisp x-scriptperl x-scriptperl-module x-scriptphyton x-scriptrexx x-scriptscheme x-scriptsh " +
    "x-scripttcl x-scripttcsh x-scriptzsh x-server-parsed-html x-setext x-sgml x-speech x-uuencode x-vcalendar " +
    "x-vcard xml"
  ).split(" "),
);
/** Text that is always UTF-8. */
const UTF_8 = new Set([
  "application/json",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/problem+json",
  "application/vnd.api+json",
  "application/x-www-form-urlencoded",
  "text/event-stream",
]);
/** Binary even when a charset is given: all that the original knows of these, and it does not ask about the charset. */
const BINARY_FAMILIES = /^(?:image|audio|video|font|multipart|message)\//;
const BINARY = /^application\/(?:octet-stream|pdf|zip|cbor|gnutar|java-archive|msword|postscript|x-(?:tar|gtar|gzip))$/;

/** What a header may hold: neither control characters, which could end its line, nor anything but ASCII. */
const PRINTABLE = /^[\t\x20-\x7e]*$/;

/** Reads a content type. @returns undefined when it is none. */
export function parseMediaType(text: string): MediaType | undefined {
  if (!PRINTABLE.test(text)) return undefined;
  const end = text.indexOf(";");
  const essence = (end === -1 ? text : text.slice(0, end)).trim().toLowerCase();
  const [type = "", subtype = "", ...more] = essence.split("/");
  if (!TOKEN.test(type) || !TOKEN.test(subtype) || more.length > 0) return undefined;
  const all = end === -1 ? [] : parseParameters(text.slice(end));
  if (all === undefined) return undefined;
  const charset = all.find(([name]) => name === "charset")?.[1];
  const parameters = all.filter(([name]) => name !== "charset");
  return { essence, parameters, charset, form: formOf(essence, charset !== undefined) };
}

function parseParameters(text: string): [string, string][] | undefined {
  const parameters: [string, string][] = [];
  let end = 0;
  for (const match of text.matchAll(PARAMETER)) {
    const [whole, name = "", bare, quoted = ""] = match;
    parameters.push([name.toLowerCase(), bare ?? quoted.replaceAll(/\\(.)/g, "$1")]);
    end = match.index + whole.length;
  }
  return end === text.length ? parameters : undefined;
}

function formOf(essence: string, charsetGiven: boolean): MediaType["form"] {
  if (UTF_8.has(essence)) return "utf-8";
  if (TEXT.has(essence)) return "text";
  if (essence.startsWith("text/") && TEXT_SUBTYPES.has(essence.slice(5))) return "text";
  if (BINARY_FAMILIES.test(essence) || BINARY.test(essence)) return "binary";
  return charsetGiven ? "text" : "binary";
}

/** Whether it is plain `application/json`. A parameter, unless it is the charset, makes it something else. */
export function isJson({ essence, parameters }: MediaType): boolean {
  return essence === "application/json" && parameters.length === 0;
}

/** Whether it is JSON, or of a type that ends in `+json`. */
export function isJsonFamily({ essence, parameters }: MediaType): boolean {
  return parameters.length === 0 && (essence === "application/json" || essence.endsWith("+json"));
}

/** The type as a header has it. @param charset added to text that may have one. */
export function mediaTypeText({ essence, parameters, form }: MediaType, charset: string | undefined): string {
  const shown = parameters.map(([name, value]) => `; ${name}=${TOKEN.test(value) ? value : quoted(value)}`).join("");
  return `${essence}${shown}${form === "text" && charset !== undefined ? `; charset=${charset}` : ""}`;
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}
