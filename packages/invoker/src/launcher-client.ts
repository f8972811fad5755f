import type { Readable, Writable } from "node:stream";
import type { ActionClient, Answer, AnswerLimits } from "./answer.ts";
import { answerLineReader } from "./answer-lines.ts";
import type { StreamReceiver } from "./stream-receiver.ts";

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

const INIT = "init";
const NOTHING: AnswerLimits = { maxBytes: 0, truncationBytes: 0 };

/**
 * Speaks the launcher protocol: one JSON line in, one line `STATUS ID JSON` out. Answers may overtake one another.
 * A line that is none of these, or that answers nothing, ends the conversation: whatever waits is lost.
 */
export function launcherClient({ input, output, whenGone }: LauncherEnds): ActionClient {
  const pending = new Map<string, Pending>();
  /** Calls that timed out: their answers may still come, while others run on. */
  const late = new Set<string>();
  /** Who takes what comes before an answer, of runs that may stream, until their answers come. */
  const streams = new Map<string, StreamReceiver>();
  let gone = false;

  const end = (): void => {
    if (gone) return;
    gone = true;
    for (const [id, call] of [...pending]) call.settle(answerOfTheDead(id, whenGone));
    input.destroy();
    output.destroy();
  };
  const lines = answerLineReader({
    limitsOf: (id) => pending.get(id)?.limits ?? (late.has(id) ? NOTHING : undefined),
    streamed: (id, status, json) => (streams.get(id)?.line(status, json) ?? -1) >= 0,
    answered(id, answer) {
      if (streams.size > 0) streams.delete(id);
      if (!late.delete(id)) pending.get(id)?.settle(answer);
    },
  });
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
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        pending.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => {
        late.add(id);
        settle({ kind: "timed-out" });
      }, timeoutMs);
      pending.set(id, { limits, settle });
      input.write(line, (error) => {
        if (error) settle({ kind: "refused" }); // the line never got there whole, so nobody acted on it
      });
    });
  };

  const listen = (id: string, stream: StreamReceiver): void => {
    const tell = (line: object): void => {
      if (!gone) input.write(`${JSON.stringify(line)}\n`);
    };
    streams.set(id, stream);
    stream.open({ more: (bytes) => tell({ more: id, bytes }), stop: () => tell({ stop: id }) });
  };

  return {
    init: (value, timeoutMs, limits) => call(INIT, `{"init":${value}}\n`, timeoutMs, limits),
    run(activationId, body, timeoutMs, limits, stream) {
      if (stream !== undefined) listen(activationId, stream);
      return call(activationId, `${body}\n`, timeoutMs, limits);
    },
    get gone() {
      return gone;
    },
    ended() {}, // its end shows in the output, after what it had to say
    release() {}, // a pipe is no connection: nothing goes stale
    close: end,
  };
}

function answerOfTheDead(id: string, whenGone: LauncherEnds["whenGone"]): Answer {
  if (whenGone === "connection-lost") return { kind: "lost" };
  const [status, error] = id === INIT ? [502, "Cannot start action. Check logs for details."] : [400, "command exited"];
  return { kind: "answered", status, body: JSON.stringify({ error }) };
}
