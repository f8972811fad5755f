import { PassThrough } from "node:stream";
import type { AnswerStream, JsonObject } from "@meringue/core";
import { describe, test } from "vitest";
import type { Answer } from "./answer.ts";
import { streamedAnswer } from "./answer-stream.ts";
import { launcherClient } from "./launcher-client.ts";
import { WINDOW_BYTES } from "./paced-bytes.ts";

const A = "a".repeat(32);
const B = "b".repeat(32);
const LIMITS = { maxBytes: 1_000, truncationBytes: 12 };
const HEAD = { statusCode: 201 };

interface Conversation {
  /** Writes lines as the launcher: text behind the id of the run. */
  say(status: number, text: string, id?: string): void;
  /** What the launcher was told since the last time, without the runs. */
  told(): JsonObject[];
  run(options?: { maxBytes?: number; timeoutMs?: number }): {
    answer: Promise<Answer>;
    stream: Promise<AnswerStream | undefined>;
  };
  /** A run that may not stream. */
  plain(): Promise<Answer>;
  /** Whether the client has given up on the launcher. */
  readonly gone: boolean;
}

function conversation(): Conversation {
  const input = new PassThrough();
  const output = new PassThrough();
  const client = launcherClient({ input, output, whenGone: "connection-lost" });
  return {
    say: (status, text, id = A) => void output.write(`${status} ${id} ${text}\n`),
    told() {
      const lines = String(input.read() ?? "").split("\n");
      return lines.filter((line) => /"more"|"stop"/.test(line)).map((line) => JSON.parse(line) as JsonObject);
    },
    run({ maxBytes, timeoutMs = 60_000 } = {}) {
      const streamed = streamedAnswer(maxBytes);
      const answer = streamed.run(client, A, '{"value":{}}', timeoutMs, LIMITS);
      void answer.then(streamed.close);
      return { answer, stream: streamed.stream };
    },
    plain: () => client.run(B, '{"value":{}}', 60_000, LIMITS),
    get gone() {
      return client.gone;
    },
  };
}

/** Lets what was written arrive. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function begun(talk: Conversation, options?: Parameters<Conversation["run"]>[0]) {
  const { answer, stream } = talk.run(options);
  talk.say(100, JSON.stringify(HEAD));
  const given = await stream;
  if (given === undefined) throw new Error("no stream");
  return { answer, stream: given, chunks: given.chunks[Symbol.asyncIterator]() };
}

async function rest(chunks: AsyncIterator<Uint8Array>): Promise<string> {
  let text = "";
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) text += Buffer.from(next.value);
  return text;
}

describe("an answer that a launcher streams", () => {
  test("is there from its head on, and asks for nothing before somebody takes it", async ({ expect }) => {
    const talk = conversation();
    const { stream, chunks, answer } = await begun(talk);
    expect(stream.head).toEqual(HEAD);
    expect(talk.told()).toEqual([]);

    const first = chunks.next();
    await turn();
    expect(talk.told()).toEqual([{ more: A, bytes: WINDOW_BYTES }]);
    talk.say(102, '"é\\n"');
    expect(Buffer.from((await first).value as Uint8Array).toString()).toBe("é\n");
    talk.say(103, '"/wA="');
    expect((await chunks.next()).value).toEqual(Buffer.from([255, 0]));
    talk.say(200, "{}");
    expect(await rest(chunks)).toBe("");
    expect(await answer).toEqual({
      kind: "answered",
      status: 200,
      body: JSON.stringify({ ...HEAD, body: "w6kK/wA=" }),
      sizeBytes: 5,
    });
    expect(talk.told()).toEqual([]);
  });

  test("joins what came while nobody took anything, and grants what was taken", async ({ expect }) => {
    const talk = conversation();
    const { chunks, answer } = await begun(talk);
    const first = chunks.next();
    await turn();
    talk.told();
    const piece = "x".repeat(WINDOW_BYTES / 8);
    talk.say(102, JSON.stringify(piece));
    await first;
    for (let at = 0; at < 7; at++) talk.say(102, JSON.stringify(piece));
    await turn();
    expect(talk.told()).toEqual([]);
    const second = await chunks.next(); // an eighth was taken by now
    expect((second.value as Uint8Array).length).toBe((WINDOW_BYTES / 8) * 7);
    expect(talk.told()).toEqual([]);
    const third = chunks.next();
    await turn();
    expect(talk.told()).toEqual([{ more: A, bytes: WINDOW_BYTES }]);
    talk.say(200, "{}");
    expect((await third).done).toBe(true);
    expect(await answer).toMatchObject({
      sizeBytes: WINDOW_BYTES,
      body: JSON.stringify({ ...HEAD, body: "x".repeat(12) }),
    });
  });

  test("keeps of a text no half characters", async ({ expect }) => {
    const talk = conversation();
    const { chunks, answer } = await begun(talk);
    const all = rest(chunks);
    await turn();
    talk.say(102, JSON.stringify("€€€€€"));
    talk.say(200, "{}");
    expect(await all).toBe("€€€€€");
    expect(JSON.parse(((await answer) as { body: string }).body)).toEqual({ ...HEAD, body: "€€€€" });
  });

  test("is told to stop when nobody wants more, drops what still comes, and is no failure", async ({ expect }) => {
    const talk = conversation();
    const { stream, chunks, answer } = await begun(talk);
    const first = chunks.next();
    await turn();
    talk.told();
    talk.say(102, '"kept"');
    await first;
    stream.cancel();
    stream.cancel();
    expect(talk.told()).toEqual([{ stop: A }]);
    talk.say(102, '"dropped"');
    talk.say(200, "{}");
    expect(await answer).toMatchObject({ body: JSON.stringify({ ...HEAD, body: "kept" }) });
    expect((await chunks.next()).done).toBe(true);
  });

  test("stops when the loop over it is left", async ({ expect }) => {
    const talk = conversation();
    const { stream } = await begun(talk);
    setImmediate(() => talk.say(102, '"one"'));
    for await (const chunk of stream.chunks) {
      expect(Buffer.from(chunk).toString()).toBe("one");
      break;
    }
    expect(talk.told()).toContainEqual({ stop: A });
  });

  test("never comes when the answer is ordinary, and the answer is then as it was given", async ({ expect }) => {
    const talk = conversation();
    const { answer, stream } = talk.run();
    talk.say(200, '{"body":"x"}');
    expect(await answer).toEqual({ kind: "answered", status: 200, body: '{"body":"x"}' });
    expect(await stream).toBeUndefined();
  });

  test("ends in the error that the launcher answers with", async ({ expect }) => {
    const talk = conversation();
    const { chunks, answer } = await begun(talk);
    const all = rest(chunks);
    talk.say(200, '{"error":"no more"}');
    expect(await all).toBe("");
    expect(await answer).toEqual({ kind: "answered", status: 200, body: '{"error":"no more"}' });
  });

  test.for([
    ["says that it never began", 503, { kind: "lost" }],
    ["fails", 502, { kind: "answered", status: 502, body: "{}" }],
  ] as const)("is lost for good when the launcher afterwards %s", async ([, status, expected], { expect }) => {
    const talk = conversation();
    const { answer } = await begun(talk);
    talk.say(status, "{}");
    expect(await answer).toEqual(expected);
  });

  test("ends with the time limit, and the launcher is told to stop, for the sake of those beside it", async ({
    expect,
  }) => {
    const talk = conversation();
    const { chunks, answer } = await begun(talk, { timeoutMs: 20 });
    const all = rest(chunks);
    expect(await answer).toEqual({ kind: "timed-out" });
    expect(await all).toBe("");
    expect(talk.told()).toEqual([{ more: A, bytes: WINDOW_BYTES }, { stop: A }]);
    const beside = talk.plain();
    talk.say(102, '"late"'); // it was granted that
    talk.say(200, "{}");
    talk.say(200, "{}", B);
    expect(await beside).toMatchObject({ status: 200 });
  });

  test("has failed once it is longer than a deployment allows", async ({ expect }) => {
    const talk = conversation();
    const { chunks, answer } = await begun(talk, { maxBytes: 5 });
    const all = rest(chunks);
    await turn();
    talk.say(102, '"12345"');
    talk.say(102, '"6"');
    expect(await all).toBe("12345");
    expect(talk.told()).toContainEqual({ stop: A });
    talk.say(200, "{}");
    expect(await answer).toEqual({
      kind: "answered",
      status: 200,
      body: '{"error":"The action streamed more than the allowed 5 bytes."}',
      sizeBytes: 6,
    });
  });
});

describe("a launcher that does not keep to the protocol", () => {
  const tooMuch = (): [number, string][] =>
    Array.from({ length: 9 }, () => [102, JSON.stringify("x".repeat(WINDOW_BYTES / 8))]);

  test.for([
    ["an item before the head", [[102, '"x"']]],
    ["a head that is none", [[100, "[]"]]],
    ["a head that is no JSON", [[100, "{"]]],
    [
      "two heads",
      [
        [100, "{}"],
        [100, "{}"],
      ],
    ],
    [
      "a status that means nothing",
      [
        [100, "{}"],
        [101, "{}"],
      ],
    ],
    [
      "an item that nobody asked for",
      [
        [100, "{}"],
        [102, '"x"'],
      ],
    ],
  ] as [string, [number, string][]][])("is given up for %s", async ([, lines], { expect }) => {
    const talk = conversation();
    const beside = talk.plain();
    const { answer } = talk.run();
    for (const [status, text] of lines) talk.say(status, text);
    expect(await answer).toEqual({ kind: "lost" });
    expect(await beside).toEqual({ kind: "lost" });
    expect(talk.gone).toBe(true);
  });

  test.for([
    ["an empty item", [[102, '""']]],
    ["an item that is no text", [[102, "1"]]],
    ["an item that is no JSON", [[102, '"x']]],
    ["bytes that are no base64", [[103, '"x==="']]],
    ["bytes in the base64 of URLs", [[103, '"_-8="']]],
    ["more than it was granted", tooMuch()],
    ["a line without an end", [[102, `"${"x".repeat(600_000)}`]]],
    [
      "an item after the answer",
      [
        [200, "{}"],
        [102, '"x"'],
      ],
    ],
  ] as [string, [number, string][]][])("is given up for %s", async ([name, lines], { expect }) => {
    const talk = conversation();
    const beside = talk.plain();
    const { chunks, answer } = await begun(talk);
    const first = chunks.next();
    await turn();
    for (const [status, text] of lines) talk.say(status, text);
    expect(await beside).toEqual({ kind: "lost" });
    if (name !== "an item after the answer") expect(await answer).toEqual({ kind: "lost" });
    await first;
    expect(talk.gone).toBe(true);
  });

  test.for(["100", "102", "199"])(
    "is given up for a line %s of a run that may not stream",
    async (status, { expect }) => {
      const talk = conversation();
      const answer = talk.plain();
      talk.say(Number(status), "{}", B);
      expect(await answer).toEqual({ kind: "lost" });
    },
  );
});
