import { validateHeaderName, validateHeaderValue } from "node:http";
import { isJsonObject, type Json } from "@meringue/core";
import type { HeaderList } from "../answer.ts";

/** Headers that are the server's own business: an action that sets them is not listened to. */
const SERVERS_OWN = new Set([
  "content-length",
  "transfer-encoding",
  "date",
  "server",
  "connection",
  "keep-alive",
  "proxy-connection",
  "upgrade",
  "trailer",
]);

/** What a result says about its headers. */
export interface ResultHeaders {
  /** Names, as the action spells them, and values by turns; without the content type. */
  readonly list: HeaderList;
  /** The first `content-type`, as it is given. */
  readonly contentType: string | undefined;
}

/**
 * Reads the `headers` of a result. An array makes one header of each of its items. A header that could break out of its
 * line, or that no client could read, is left out, as are those that only the server can know.
 * @returns undefined when there is something else than texts, numbers, booleans and arrays of them.
 */
export function readResultHeaders(headers: Json | undefined): ResultHeaders | undefined {
  if (headers === undefined) return { list: [], contentType: undefined };
  if (!isJsonObject(headers)) return undefined;
  const list: string[] = [];
  let contentType: string | undefined;
  for (const [name, value] of Object.entries(headers)) {
    const values = flatten(value);
    if (values === undefined) return undefined;
    if (name.toLowerCase() === "content-type") {
      contentType ??= values[0];
      continue;
    }
    if (SERVERS_OWN.has(name.toLowerCase())) continue;
    for (const text of values.map(headerText)) if (isHeader(name, text)) list.push(name, text);
  }
  return { list, contentType };
}

function flatten(value: Json): string[] | undefined {
  if (Array.isArray(value)) {
    const items = value.map(flatten);
    return items.every((item) => item !== undefined) ? items.flat() : undefined;
  }
  return value === null || typeof value === "object" ? undefined : [String(value)];
}

/** The text as bytes of UTF-8, one character each: nothing beyond them may become a line break on the way out. */
function headerText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function isHeader(name: string, text: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, text);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
