import type { Clock } from "../ports/clock.ts";
import type { AnswerStream, Dispatched } from "../ports/dispatcher.ts";
import { type OnGone, withinDeadline } from "./deadline.ts";
import type { Invoked } from "./invoke-action.ts";

interface Wait {
  /** Milliseconds. */
  readonly waitMs: number;
  readonly onGone?: OnGone | undefined;
}

/**
 * Waits for the head of an answer that is made bit by bit, or for the record of one that is not. If it comes later than
 * anybody waits, it is taken all the same, for the record's sake; if the caller has gone, the action is told to stop.
 */
export async function headOrRecord(
  { result }: Dispatched,
  stream: Promise<AnswerStream | undefined>,
  { waitMs, onGone }: Wait,
  clock: Clock,
): Promise<Omit<Invoked, "activationId">> {
  const began = clock.now();
  let gone = false;
  const noteGone: OnGone = (callback) =>
    onGone?.(() => {
      gone = true;
      callback();
    }) ?? (() => undefined);
  const head = await withinDeadline(
    stream.then((answer) => ({ answer })),
    waitMs,
    clock,
    noteGone,
  );
  if (head === undefined) {
    void stream.then((late) => (gone ? late?.cancel() : late && drain(late)));
    return { activation: undefined };
  }
  if (head.answer !== undefined) return { activation: undefined, streaming: { answer: head.answer, result } };
  const leftMs = Math.max(0, waitMs - (clock.now() - began));
  return { activation: await withinDeadline(result, leftMs, clock, onGone) };
}

async function drain({ chunks }: AnswerStream): Promise<void> {
  for await (const chunk of chunks) void chunk;
}
