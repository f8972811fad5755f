import { once } from "node:events";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, test } from "vitest";
import type { Answer, AnswerLimits } from "../src/answer.ts";
import { launcherClient } from "../src/launcher-client.ts";
import { anyCut, anyMutations, cut, FUZZ_TIMEOUT_MS, mutated, tries } from "./fuzz.ts";

const limits: AnswerLimits = { maxBytes: 100, truncationBytes: 10 };
const IDS = ["a", "b", "c"].map((letter) => letter.repeat(32));
const [A = "", B = "", C = ""] = IDS;

const anyId = fc.constantFrom(A, A, B, B, C, "init", "d".repeat(32), `${A}a`, "", "\0");
const anyLine = fc
  .tuple(
    fc.constantFrom("200", "200", "200", "502", "100", "102", "000", "20", "2000", ""),
    anyId,
    fc.constantFrom("{}", '{"x":"é漢😀"}', "", "null", "{", "\0\0", "y".repeat(90), "z".repeat(2_000)),
    fc.constantFrom("\n", "\n", "\n", "\r\n", "\n\n", ""),
  )
  .map(([status, id, json, end]) => `${status} ${id} ${json}${end}`);
const anyTalk = fc
  .tuple(fc.array(anyLine, { minLength: 1, maxLength: 6 }), anyMutations)
  .map(([lines, mutations]) => mutated(Buffer.from(lines.join("")), mutations));

/** What a client that reads all at once, line after line, would make of it. The first line that has no place ends it. */
function understood(talk: Buffer): Map<string, string> {
  const answers = new Map<string, string>();
  const waiting = new Set(IDS);
  for (let from = 0, end = talk.indexOf("\n"); end >= 0; from = end + 1, end = talk.indexOf("\n", from)) {
    const line = talk.subarray(from, end);
    const [, status, id] = /^([2-5]\d\d) (\S+) /.exec(line.toString("latin1", 0, 64)) ?? [];
    if (status === undefined || id === undefined || !waiting.delete(id)) break;
    const body = line.subarray(status.length + id.length + 2);
    answers.set(id, body.length > limits.maxBytes ? `${status} ${body.length} bytes` : `${status} ${body.toString()}`);
  }
  return answers;
}

function told(answer: Answer): string {
  if (answer.kind === "answered") return `${answer.status} ${answer.body}`;
  return answer.kind === "too-long" ? `${answer.status} ${answer.lengthBytes} bytes` : answer.kind;
}

describe("a launcher that says anything", { timeout: FUZZ_TIMEOUT_MS }, () => {
  test("gives each activation what was said to it first, or is lost, wherever its bytes are cut", async ({
    expect,
  }) => {
    await fc.assert(
      fc.asyncProperty(anyTalk, anyCut, async (talk, lengths) => {
        const [input, output] = [new PassThrough(), new PassThrough()];
        const client = launcherClient({ input, output, whenGone: "connection-lost" });
        const answers = IDS.map((id) => client.run(id, '{"value":{}}', 60_000, limits));
        for (const piece of cut(talk, lengths)) if (!output.destroyed) output.write(piece);
        output.end();
        const expected = understood(talk);
        expect((await Promise.all(answers)).map(told)).toEqual(IDS.map((id) => expected.get(id) ?? "lost"));
        if (!output.closed) await once(output, "close");
        expect([client.gone, await client.run(A, "{}", 60_000, limits)]).toEqual([true, { kind: "refused" }]);
      }),
      tries(1_500),
    );
  });

  test("can hold nobody up: what timed out is over, and its late answer is nobody's", async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(anyTalk, anyCut, async (talk, lengths) => {
        const [input, output] = [new PassThrough(), new PassThrough()];
        const client = launcherClient({ input, output, whenGone: "command-exited" });
        expect(await client.run(A, "{}", 1, limits)).toEqual({ kind: "timed-out" });
        const second = client.run(B, "{}", 60_000, limits);
        for (const piece of cut(talk, lengths)) if (!output.destroyed) output.write(piece);
        output.end();
        expect(["answered", "too-long"]).toContain((await second).kind);
      }),
      tries(300),
    );
  });
});
