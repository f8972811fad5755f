import type { IncomingMessage } from "node:http";
import type { JsonObject } from "@meringue/core";
import { type MediaType, mediaTypeText, parseMediaType } from "./media-type.ts";

/** What a body counts as whose type is not told, or cannot be read. */
const OCTET_STREAM: MediaType = {
  essence: "application/octet-stream",
  parameters: [],
  charset: undefined,
  form: "binary",
};
/** Headers that tell how the body travelled, which is over by then. */
const TRANSPORT = new Set(["content-length", "transfer-encoding", "content-type"]);

/** The content type of a request. @returns undefined when it has neither a body nor the header. */
export function contentTypeOf(request: IncomingMessage, bodyBytes: number): MediaType | undefined {
  const header = request.headers["content-type"];
  const type = header === undefined ? undefined : parseMediaType(header);
  return type ?? (bodyBytes > 0 ? OCTET_STREAM : undefined);
}

/** The headers as an action gets them: by lower-case name, of several of one name the last. */
export function headersForAction(request: IncomingMessage, contentType: MediaType | undefined): JsonObject {
  const headers = new Map<string, string>();
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    if (!TRANSPORT.has(name)) headers.set(name, rawHeaders[at + 1] as string);
  }
  if (contentType !== undefined) headers.set("content-type", mediaTypeText(contentType, charsetOf(contentType)));
  return Object.fromEntries(headers);
}

/** The charset as it is spelled: the usual one in capitals. */
function charsetOf({ charset }: MediaType): string | undefined {
  return charset?.toLowerCase() === "utf-8" ? "UTF-8" : charset;
}
