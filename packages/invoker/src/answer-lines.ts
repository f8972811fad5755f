import type { Answer, AnswerLimits } from "./answer.ts";
import { type BoundedBody, boundedBody } from "./bounded-body.ts";
import { MAX_STREAM_LINE_BYTES } from "./stream-receiver.ts";

const NEWLINE = 0x0a;
const SPACE = 0x20;
/** Where the id begins, behind `STATUS `. */
const ID_AT = 4;
const STREAM_LINE: AnswerLimits = { maxBytes: MAX_STREAM_LINE_BYTES, truncationBytes: 0 };
/** `STATUS ID `: three digits, 32 characters and two spaces, with room to spare. */
const MAX_HEAD_BYTES = 64;
const HEAD = /^([1-5]\d\d) (\S+)$/;

export interface AnswerLineEvents {
  /** @returns how much of an answer is kept; undefined when nobody waits for it. */
  limitsOf(id: string): AnswerLimits | undefined;
  answered(id: string, answer: Answer): void;
  /**
   * A line that comes before an answer, with a status below 200.
   * @returns whether it may. Without this, none may.
   */
  streamed?(id: string, status: number, json: string): boolean;
}

interface Current {
  readonly id: string;
  readonly status: number;
  readonly body: BoundedBody;
}

/**
 * Takes lines `STATUS ID JSON` out of chunks that end anywhere. `read` returns false once the other side broke the
 * protocol; it must not be called again then.
 */
export function answerLineReader(events: AnswerLineEvents): { read(chunk: Buffer): boolean } {
  let head: Buffer = Buffer.alloc(0);
  let current: Current | undefined;

  /** @returns the bytes after the head, undefined while it is incomplete, null when it is none. */
  const takeHead = (chunk: Buffer): Buffer | undefined | null => {
    const bytes = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    const end = bytes.subarray(0, MAX_HEAD_BYTES).indexOf(SPACE, ID_AT);
    if (end < 0) {
      head = bytes;
      return bytes.length >= MAX_HEAD_BYTES ? null : undefined;
    }
    head = Buffer.alloc(0);
    current = openAnswer(bytes.toString("latin1", 0, end), events);
    return current === undefined ? null : bytes.subarray(end + 1);
  };

  return {
    read(chunk) {
      let rest = chunk;
      while (rest.length > 0) {
        if (current === undefined) {
          const after = takeHead(rest);
          if (after === null) return false;
          if (after === undefined) return true;
          rest = after;
        }
        const newline = rest.indexOf(NEWLINE);
        current?.body.add(newline < 0 ? rest : rest.subarray(0, newline));
        if (newline < 0) return current?.body.tooLong !== true || current.status >= 200;
        const answer = current;
        current = undefined;
        if (answer !== undefined && !close(answer, events)) return false;
        rest = rest.subarray(newline + 1);
      }
      return true;
    },
  };
}

function openAnswer(head: string, { limitsOf, streamed }: AnswerLineEvents): Current | undefined {
  const [, status, id] = HEAD.exec(head) ?? [];
  if (status === undefined || id === undefined) return undefined;
  if (status < "200") {
    return streamed === undefined ? undefined : { id, status: Number(status), body: boundedBody(STREAM_LINE) };
  }
  const limits = limitsOf(id);
  return limits === undefined ? undefined : { id, status: Number(status), body: boundedBody(limits) };
}

/** @returns whether the line may be there. */
function close(line: Current, { answered, streamed }: AnswerLineEvents): boolean {
  const { id, status, body } = line;
  if (status < 200) return !body.tooLong && streamed?.(id, status, body.text()) === true;
  answered(id, closeAnswer(line));
  return true;
}

function closeAnswer({ status, body }: Current): Answer {
  if (body.tooLong) return { kind: "too-long", status, lengthBytes: body.lengthBytes, prefix: body.text() };
  return { kind: "answered", status, body: body.text() };
}
