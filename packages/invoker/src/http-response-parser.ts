import type { AnswerLimits } from "./answer.ts";
import { type BoundedBody, boundedBody } from "./bounded-body.ts";
import { LINES_TYPE, type LineBody } from "./line-body.ts";

/** One complete HTTP/1.1 response of a container. */
export interface HttpResponse {
  readonly status: number;
  readonly body: BoundedBody;
  /** The body in place of `body`, where it is made of lines and may be. */
  readonly lines: LineBody | undefined;
  /** Whether the connection may carry another request. */
  readonly reusable: boolean;
  /** How long the peer says it keeps an idle connection, in milliseconds, if it says so. */
  readonly keepAliveMs: number | undefined;
}

/** A peer that does not speak HTTP/1.1 as it should: its connection is worth nothing any more. */
export class BadResponse extends Error {
  override readonly name = "BadResponse";
}

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_CHUNK_LINE_BYTES = 256;

/** Takes one response apart. */
export interface HttpResponseParser {
  /** @returns the response once it is complete. @throws BadResponse */
  read(chunk: Buffer): HttpResponse | undefined;
  /** The peer ended the connection. @returns the response if that completes it. */
  ended(): HttpResponse | undefined;
}

/**
 * Reads one response. The peer is somebody's action: nothing it says is believed without a bound.
 * Understands Content-Length and chunked bodies, and a body that ends with the connection; refuses a response that
 * claims both lengths, and an answer that nobody asked for.
 * @param lines takes a body that is made of lines; without it none may be.
 */
export function httpResponseParser(limits: AnswerLimits, lines?: LineBody): HttpResponseParser {
  let buffered: Buffer = Buffer.alloc(0);
  let head: Head | undefined;
  const body = boundedBody(limits);
  let used: LineBody | undefined;
  const add = (part: Buffer): void => {
    if (used === undefined) body.add(part);
    else if (!used.add(part)) throw new BadResponse("a line that has no place there");
  };

  const complete = (reusable: boolean): HttpResponse => {
    if (head === undefined) throw new BadResponse("a response without a head");
    return {
      status: head.status,
      body,
      lines: used,
      reusable: reusable && head.keepAlive,
      keepAliveMs: head.keepAliveMs,
    };
  };

  const readBody = (): HttpResponse | undefined => {
    if (head === undefined) return undefined;
    if (head.framing === "length") return readLength(head.length);
    if (head.framing === "chunked") return readChunks();
    add(buffered);
    buffered = Buffer.alloc(0);
    return undefined;
  };

  const readLength = (length: number): HttpResponse | undefined => {
    const missing = length - (used ?? body).lengthBytes;
    if (buffered.length > missing) throw new BadResponse("bytes after the end of the response");
    add(buffered);
    buffered = Buffer.alloc(0);
    return (used ?? body).lengthBytes === length ? complete(true) : undefined;
  };

  let chunkLeft = 0;
  let inTrailer = false;
  const readChunks = (): HttpResponse | undefined => {
    for (;;) {
      if (chunkLeft > 2) {
        const part = buffered.subarray(0, Math.min(buffered.length, chunkLeft - 2));
        add(part);
        buffered = buffered.subarray(part.length);
        chunkLeft -= part.length;
        if (chunkLeft > 2) return undefined;
      }
      if (chunkLeft > 0) {
        if (buffered.length < chunkLeft) return undefined;
        if (buffered.toString("latin1", 0, 2) !== "\r\n")
          throw new BadResponse("a chunk that does not end where it says");
        buffered = buffered.subarray(2);
        chunkLeft = 0;
      }
      const end = buffered.indexOf("\r\n");
      if (end < 0) {
        if (buffered.length > MAX_CHUNK_LINE_BYTES) throw new BadResponse("an endless chunk size");
        return undefined;
      }
      const line = buffered.toString("latin1", 0, end);
      buffered = buffered.subarray(end + 2);
      if (inTrailer) {
        if (line !== "") continue;
        if (buffered.length > 0) throw new BadResponse("bytes after the end of the response");
        return complete(true);
      }
      const size = /^[0-9a-fA-F]{1,8}(?:[ \t]*;.*)?$/.test(line) ? Number.parseInt(line, 16) : Number.NaN;
      if (Number.isNaN(size)) throw new BadResponse("a chunk without a size");
      if (size === 0) inTrailer = true;
      else chunkLeft = size + 2;
    }
  };

  return {
    read(chunk) {
      buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
      while (head === undefined) {
        const end = buffered.indexOf("\r\n\r\n");
        if (end < 0) {
          if (buffered.length > MAX_HEAD_BYTES) throw new BadResponse("an endless head");
          return undefined;
        }
        const parsed = parseHead(buffered.toString("latin1", 0, end));
        buffered = buffered.subarray(end + 4);
        if (parsed.status < 200) continue; // an interim answer, the real one follows
        head = parsed;
        if (parsed.inLines) used = lines;
      }
      return readBody();
    },
    ended: () => (head?.framing === "close" ? complete(false) : undefined),
  };
}

interface Head {
  readonly status: number;
  readonly framing: "length" | "chunked" | "close";
  readonly length: number;
  /** Whether its content type says that it is made of lines. */
  readonly inLines: boolean;
  readonly keepAlive: boolean;
  readonly keepAliveMs: number | undefined;
}

function parseHead(text: string): Head {
  const lines = text.split("\r\n");
  const status = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(lines[0] ?? "");
  if (status === null) throw new BadResponse("no status line");
  let length: number | undefined;
  let chunked = false;
  let inLines = false;
  let keepAlive = status[1] === "1";
  let keepAliveMs: number | undefined;
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    if (colon <= 0) throw new BadResponse("a header without a name");
    const value = line.slice(colon + 1).trim();
    switch (line.slice(0, colon).toLowerCase()) {
      case "content-length":
        if (!/^\d{1,15}$/.test(value) || (length !== undefined && length !== Number(value))) {
          throw new BadResponse("a length that is none");
        }
        length = Number(value);
        break;
      case "transfer-encoding":
        if (value.toLowerCase() !== "chunked") throw new BadResponse("an unknown transfer encoding");
        chunked = true;
        break;
      case "content-type":
        inLines = value === LINES_TYPE;
        break;
      case "connection":
        if (/\bclose\b/i.test(value)) keepAlive = false;
        break;
      case "keep-alive": {
        const seconds = /\btimeout=(\d{1,6})\b/i.exec(value)?.[1];
        if (seconds !== undefined) keepAliveMs = Number(seconds) * 1000;
        break;
      }
      default:
    }
  }
  if (chunked && length !== undefined) throw new BadResponse("both a length and chunks");
  const code = Number(status[2]);
  if (code === 204 || code === 304) length = 0;
  const framing = chunked ? "chunked" : length !== undefined ? "length" : "close";
  return { status: code, framing, length: length ?? 0, inLines, keepAlive, keepAliveMs };
}
