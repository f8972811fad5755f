import { resultMessages } from "@meringue/core";
import { describe, test } from "vitest";
import type { Answer } from "./answer.ts";
import { judgeInit, judgeRun } from "./verdict.ts";

const about = { timeoutMs: 60_000, maxBytes: 100, outOfMemory: false };
const answered = (status: number, body: string): Answer => ({ kind: "answered", status, body });
const tooLong: Answer = { kind: "too-long", status: 200, lengthBytes: 111, prefix: '{"a' };
const INVALID = "The action did not produce a valid JSON or JSON Array response";
const TOO_LONG =
  'The action produced a response that exceeded the allowed length: 111 > 100 bytes. The truncated response was: {"a';

describe("an answer to /init", () => {
  test.for<[string, Answer]>([
    ["200", answered(200, '{"OK":true}')],
    ["200 with a body that is no JSON", answered(200, "OK")],
    ["200 with an error in it", answered(200, '{"error":"ignored"}')],
  ])("of %s lets the run begin", ([, answer], { expect }) => {
    expect(judgeInit(answer, about)).toEqual({ kind: "ready" });
  });

  test.for<[string, Answer, unknown, number | undefined]>([
    ["502 with a text as error", answered(502, '{"error":"broken"}'), "broken", 18],
    ["502 with an object as error", answered(502, '{"error":{"a":[1]},"b":2}'), { a: [1] }, 25],
    ["502 with null as error", answered(502, '{"error":null}'), null, 14],
    ["502 without error", answered(502, '{"a":1}'), 'The action failed during initialization: {"a":1}', 7],
    ["502 with an array", answered(502, "[1]"), "The action failed during initialization: [1]", 3],
    ["403 with text", answered(403, "no"), "The action failed during initialization: no", 2],
    ["500 with nothing", answered(500, ""), "The action failed during initialization.", 0],
    ["201", answered(201, "{}"), "The action failed during initialization: {}", 2],
    ["204", answered(204, ""), "The action did not initialize and exited unexpectedly.", undefined],
    ["a body that is too long", tooLong, TOO_LONG, 111],
    ["a broken connection", { kind: "lost" }, "The action did not initialize and exited unexpectedly.", undefined],
  ])("of %s is the developer's error", ([, answer, error, size], { expect }) => {
    const verdict = judgeInit(answer, about);
    const response = { statusCode: 2, result: { error }, ...(size === undefined ? {} : { size }) };
    expect(verdict).toEqual({ kind: "failed", timedOut: false, response });
  });

  test("that does not come in time names the limit", ({ expect }) => {
    const error = "The action exceeded its time limits of 60000 milliseconds during initialization.";

    expect(judgeInit({ kind: "timed-out" }, about)).toEqual({
      kind: "failed",
      timedOut: true,
      response: { statusCode: 2, result: { error } },
    });
  });

  test.for([["503", answered(503, "{}")] as const, ["nobody, who was told nothing", { kind: "refused" }] as const])(
    "by %s means that another container should be tried",
    ([, answer], { expect }) => {
      expect(judgeInit(answer, about)).toEqual({ kind: "reschedule" });
    },
  );

  test.for<[string, Answer]>([
    ["a broken connection", { kind: "lost" }],
    ["nobody", { kind: "refused" }],
    ["what stands in for the dead", answered(502, '{"error":"Cannot start action."}')],
  ])("by %s of a container that was out of memory says so", ([, answer], { expect }) => {
    expect(judgeInit(answer, { ...about, outOfMemory: true })).toMatchObject({
      response: { statusCode: 2, result: { error: "The action exhausted its memory and was aborted." } },
    });
  });
});

describe("an answer to /run", () => {
  test.for<[string, Answer, 0 | 1 | 2, unknown, number | undefined]>([
    ["200 with an object", answered(200, '{"a":1}'), 0, { a: 1 }, 7],
    ["200 with an empty object", answered(200, "{}"), 0, {}, 2],
    ["200 with an array", answered(200, "[1]"), 0, [1], 3],
    ["200 with an error among others", answered(200, '{"error":"no","b":1}'), 1, { error: "no" }, 20],
    ["200 with an error that is null", answered(200, '{"error":null}'), 1, { error: null }, 14],
    ["502 with an error", answered(502, '{"error":{"x":1}}'), 2, { error: { x: 1 } }, 17],
    ["502 with an object", answered(502, '{"a":1}'), 2, { error: `${INVALID}: {"a":1}` }, 7],
    ["502 with an array", answered(502, "[1]"), 2, { error: `${INVALID}: [1]` }, 3],
    ["200 with null", answered(200, "null"), 2, { error: `${INVALID}: null` }, 4],
    ["200 with a string", answered(200, '"é"'), 2, { error: `${INVALID}: "é"` }, 3],
    ["200 with no JSON", answered(200, "{'a':1}"), 2, { error: `${INVALID}: {'a':1}` }, 7],
    ["200 with nothing", answered(200, ""), 2, { error: `${INVALID}.` }, 0],
    ["204", answered(204, ""), 2, { error: resultMessages.runAbnormal }, undefined],
    ["404", answered(404, "lost"), 2, { error: `${INVALID}: lost` }, 4],
    ["a body that is too long", tooLong, 1, { error: TOO_LONG }, 111],
    ["nobody", { kind: "refused" }, 2, { error: resultMessages.runAbnormal }, undefined],
    ["a broken connection", { kind: "lost" }, 2, { error: resultMessages.runAbnormal }, undefined],
  ])("of %s is judged", ([, answer, statusCode, result, size], { expect }) => {
    const response = { statusCode, result, ...(size === undefined ? {} : { size }) };
    expect(judgeRun(answer, about)).toEqual({ kind: "done", timedOut: false, response });
  });

  test("that does not come in time names the limit, whatever else happened", ({ expect }) => {
    expect(judgeRun({ kind: "timed-out" }, { ...about, outOfMemory: true })).toEqual({
      kind: "done",
      timedOut: true,
      response: { statusCode: 2, result: { error: "The action exceeded its time limits of 60000 milliseconds." } },
    });
  });

  test("of 503 means that another container should be tried", ({ expect }) => {
    expect(judgeRun(answered(503, ""), about)).toEqual({ kind: "reschedule" });
  });

  test.for<[string, Answer]>([
    ["a broken connection", { kind: "lost" }],
    ["what stands in for the dead", answered(400, '{"error":"command exited"}')],
  ])("by %s of a container that was out of memory says so", ([, answer], { expect }) => {
    expect(judgeRun(answer, { ...about, outOfMemory: true })).toMatchObject({
      response: { statusCode: 2, result: { error: resultMessages.memoryExhausted } },
    });
  });

  test("that came before the memory ran out counts", ({ expect }) => {
    expect(judgeRun(answered(200, "{}"), { ...about, outOfMemory: true })).toMatchObject({
      response: { statusCode: 0 },
    });
  });

  test("with keys that objects have by themselves is an object like any other", ({ expect }) => {
    const verdict = judgeRun(answered(200, '{"__proto__":{"error":1},"constructor":2}'), about);

    if (verdict.kind !== "done") throw new Error("not done");
    expect(verdict.response.statusCode).toBe(0);
    expect(JSON.stringify(verdict.response.result)).toBe('{"__proto__":{"error":1},"constructor":2}');
  });

  test("nested deeper than anybody could write it down again is no valid one", ({ expect }) => {
    const nested = (depth: number) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    const statusOf = (body: string) => {
      const verdict = judgeRun(answered(200, body), about);
      return verdict.kind === "done" ? verdict.response.statusCode : undefined;
    };

    expect(statusOf(nested(999))).toBe(0);
    expect(statusOf(nested(1000))).toBe(2);
    expect(statusOf(nested(400_000))).toBe(2);
  });
});
