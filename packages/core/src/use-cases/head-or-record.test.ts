import { fakeClock } from "@meringue/testkit";
import { expect, test } from "vitest";
import type { Activation } from "../domain/activation.ts";
import type { AnswerStream } from "../ports/dispatcher.ts";
import type { OnGone } from "./deadline.ts";
import { headOrRecord } from "./head-or-record.ts";

const RECORD = { activationId: "a" } as Activation;

function aStream(items: readonly string[] = []) {
  const seen = { taken: 0, cancelled: false };
  const stream: AnswerStream = {
    head: {},
    chunks: (async function* () {
      for (const item of items) {
        seen.taken++;
        yield Buffer.from(item);
      }
    })(),
    cancel() {
      seen.cancelled = true;
    },
  };
  return { stream, seen };
}

function waiting(onGone?: OnGone) {
  const clock = fakeClock();
  const stream = Promise.withResolvers<AnswerStream | undefined>();
  const result = Promise.withResolvers<Activation>();
  const dispatched = { result: result.promise, stream: stream.promise };
  return { clock, stream, result, outcome: headOrRecord(dispatched, stream.promise, { waitMs: 100, onGone }, clock) };
}

test("a head that is there in time is what is waited for", async () => {
  const { outcome, stream, result } = waiting();
  const { stream: answer } = aStream();
  stream.resolve(answer);
  expect(await outcome).toEqual({ activation: undefined, streaming: { answer, result: result.promise } });
});

test("without a stream it is the record, for what is left of the time", async () => {
  const inTime = waiting();
  inTime.stream.resolve(undefined);
  inTime.result.resolve(RECORD);
  expect(await inTime.outcome).toEqual({ activation: RECORD });

  const late = waiting();
  late.clock.advance(60);
  late.stream.resolve(undefined);
  await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  late.clock.advance(40);
  expect(await late.outcome).toEqual({ activation: undefined });
});

test("a head that comes too late is taken all the same, for the record's sake", async () => {
  const { outcome, stream, clock } = waiting();
  clock.advance(100);
  expect(await outcome).toEqual({ activation: undefined });
  const { stream: answer, seen } = aStream(["a", "b"]);
  stream.resolve(answer);
  await expect.poll(() => seen).toEqual({ taken: 2, cancelled: false });
});

test("a head that comes for a caller who has gone is told to stop", async () => {
  const callbacks: (() => void)[] = [];
  const { outcome, stream } = waiting((callback) => {
    callbacks.push(callback);
    return () => undefined;
  });
  callbacks[0]?.();
  expect(await outcome).toEqual({ activation: undefined });
  const { stream: answer, seen } = aStream(["a"]);
  stream.resolve(answer);
  await expect.poll(() => seen).toEqual({ taken: 0, cancelled: true });
});
