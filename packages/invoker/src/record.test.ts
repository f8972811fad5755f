import { aMessage, anAction } from "@meringue/testkit";
import { describe, test } from "vitest";
import { fallbackRecord, runRecord, unplacedRecord } from "./record.ts";

const ok = { statusCode: 0, result: {}, size: 2 } as const;
const RECEIVED = 1_000;
const valueOf = (record: ReturnType<typeof runRecord>, key: string) =>
  record.annotations.find((a) => a.key === key)?.value;

describe("the record of a run", () => {
  test("in a warm container lasts as long as the run, and waited until it began", ({ expect }) => {
    const message = aMessage({ received: RECEIVED });
    const record = runRecord(message, ok, { began: 1_010, initMs: undefined, runStart: 1_010, end: 1_050 }, false);

    expect(record).toEqual({
      namespace: "guest",
      name: "hello",
      version: "0.0.1",
      subject: "guest",
      activationId: message.activationId,
      response: ok,
      start: 1_010,
      end: 1_050,
      duration: 40,
      logs: [],
      publish: false,
      annotations: [
        { key: "path", value: "guest/hello" },
        { key: "kind", value: "nodejs:24" },
        { key: "timeout", value: false },
        { key: "waitTime", value: 10 },
        { key: "limits", value: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 } },
      ],
    });
  });

  test("in a cold container counts the time of init, without the gap behind it", ({ expect }) => {
    const message = aMessage({ received: RECEIVED });
    const record = runRecord(message, ok, { began: 1_100, initMs: 30, runStart: 1_135, end: 1_140 }, false);

    expect([record.start, record.end, record.duration]).toEqual([1_105, 1_140, 35]);
    expect([valueOf(record, "initTime"), valueOf(record, "waitTime")]).toEqual([30, 100]);
  });

  test("that took too long says so", ({ expect }) => {
    const times = { began: 1_000, initMs: undefined, runStart: 1_000, end: 61_000 };

    expect(valueOf(runRecord(aMessage(), ok, times, true), "timeout")).toBe(true);
  });

  test("inside a sequence, through a binding, with instances set, tells each", ({ expect }) => {
    const limits = { timeout: 1, memory: 2, logs: 3, concurrency: 4, instances: 5 };
    const cause = "c".repeat(32);
    const action = { id: "other/pkg/hello", rev: "1", action: anAction({ limits }), binding: "guest/bound" };
    const times = { began: 1_000, initMs: undefined, runStart: 1_000, end: 1_001 };
    const record = runRecord(aMessage({ cause, action }), ok, times, false);

    expect(record.cause).toBe(cause);
    expect(record.annotations.slice(4)).toEqual([
      { key: "limits", value: limits },
      { key: "causedBy", value: "sequence" },
      { key: "binding", value: "guest/bound" },
    ]);
  });

  test("that began before it was received, by another machine's clock, waited for nothing", ({ expect }) => {
    const times = { began: 990, initMs: undefined, runStart: 990, end: 1_001 };

    expect(valueOf(runRecord(aMessage({ received: RECEIVED }), ok, times, false), "waitTime")).toBe(0);
  });
});

describe("the record of what was not run", () => {
  test("because no container could be had takes no time and knows its action", ({ expect }) => {
    const record = unplacedRecord(aMessage({ received: RECEIVED }), ok, 1_500);

    expect([record.start, record.end, record.duration]).toEqual([1_500, 1_500, 0]);
    expect(record.annotations.map((a) => a.key)).toEqual(["path", "kind", "timeout", "waitTime", "limits"]);
    expect(valueOf(record, "waitTime")).toBe(500);
  });

  test("because its action could not be had knows the path only", ({ expect }) => {
    const record = fallbackRecord(aMessage({ cause: "c".repeat(32) }), ok, 1_500);

    expect(record.annotations).toEqual([
      { key: "path", value: "guest/hello" },
      { key: "kind", value: "unknown" },
      { key: "causedBy", value: "sequence" },
    ]);
    expect([record.duration, record.version]).toEqual([0, "0.0.1"]);
  });
});
