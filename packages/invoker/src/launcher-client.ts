import type { Readable, Writable } from "node:stream";
import type { ActionClient, Answer, AnswerLimits } from "./answer.ts";
import { type BoundedBody, boundedBody } from "./bounded-body.ts";

interface Pending {
  readonly limits: AnswerLimits;
  settle(answer: Answer): void;
}

/** The two ends of a launcher, and what its death means. */
export interface LauncherEnds {
  readonly input: Writable;
  readonly output: Readable;
  readonly whenGone: "connection-lost" | "command-exited";
}

const NEWLINE = 0x0a;
const INIT = "init";
/** `STATUS ID `: three digits, 32 characters and two spaces, with room to spare. */
const HEAD_BYTES = 64;

/**
 * Speaks the launcher protocol: one JSON line in, one line `STATUS ID JSON` out. Answers may overtake one another.
 * A line that is none of these, or that answers nothing, ends the conversation: whatever waits is lost.
 */
export function launcherClient({ input, output, whenGone }: LauncherEnds): ActionClient {
  const pending = new Map<string, Pending>();
  let gone = false;

  const end = (): void => {
    if (gone) return;
    gone = true;
    for (const [id, call] of [...pending]) call.settle(answerOfTheDead(id, whenGone));
    input.destroy();
    output.destroy();
  };
  const lines = lineReader(
    (id) => pending.get(id)?.limits,
    (id, answer) => pending.get(id)?.settle(answer),
  );
  output.on("data", (chunk: Buffer) => {
    if (!lines.read(chunk)) end();
  });
  output.on("end", end);
  output.on("close", end);
  output.on("error", end);
  input.on("error", end); // EPIPE: the launcher has died; its output ends too

  const call = (id: string, line: string, timeoutMs: number, limits: AnswerLimits): Promise<Answer> => {
    if (gone) return Promise.resolve({ kind: "refused" });
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ kind: "timed-out" }), timeoutMs);
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        pending.delete(id);
        resolve(answer);
      };
      pending.set(id, { limits, settle });
      input.write(line);
    });
  };

  return {
    init: (value, timeoutMs, limits) => call(INIT, `{"init":${value}}\n`, timeoutMs, limits),
    run: (activationId, body, timeoutMs, limits) => call(activationId, `${body}\n`, timeoutMs, limits),
    get gone() {
      return gone;
    },
    release() {}, // a pipe is no connection: nothing goes stale
    close: end,
  };
}

function answerOfTheDead(id: string, whenGone: LauncherEnds["whenGone"]): Answer {
  if (whenGone === "connection-lost") return { kind: "lost" };
  const [status, error] = id === INIT ? [502, "Cannot start action. Check logs for details."] : [400, "command exited"];
  return { kind: "answered", status, body: JSON.stringify({ error }) };
}

/** Takes chunks of answers apart. `read` is false once the other side broke the protocol. */
function lineReader(
  limitsOf: (id: string) => AnswerLimits | undefined,
  answered: (id: string, answer: Answer) => void,
): { read(chunk: Buffer): boolean } {
  let head: Buffer = Buffer.alloc(0);
  let current: { readonly id: string; readonly status: number; readonly body: BoundedBody } | undefined;

  const finish = (): void => {
    if (current === undefined) return;
    const { id, status, body } = current;
    current = undefined;
    answered(
      id,
      body.tooLong
        ? { kind: "too-long", status, lengthBytes: body.lengthBytes, prefix: body.text() }
        : { kind: "answered", status, body: body.text() },
    );
  };

  /** @returns the bytes after the head, undefined while it is incomplete, null when it is none. */
  const takeHead = (chunk: Buffer): Buffer | undefined | null => {
    const bytes = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    const idEnd = bytes.length > 4 ? bytes.indexOf(0x20, 4) : -1;
    if (idEnd < 0) {
      head = bytes;
      return bytes.length > HEAD_BYTES ? null : undefined;
    }
    head = Buffer.alloc(0);
    const status = Number(bytes.toString("latin1", 0, 3));
    const id = bytes.toString("latin1", 4, idEnd);
    const limits = limitsOf(id);
    if (!(status >= 100 && status <= 599) || limits === undefined) return null;
    current = { id, status, body: boundedBody(limits) };
    return bytes.subarray(idEnd + 1);
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
        if (newline < 0) {
          current?.body.add(rest);
          return true;
        }
        if (newline > 0) current?.body.add(rest.subarray(0, newline));
        finish();
        rest = rest.subarray(newline + 1);
      }
      return true;
    },
  };
}
