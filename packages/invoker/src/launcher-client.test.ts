import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, test } from "vitest";
import type { Answer } from "./answer.ts";
import { launcherClient } from "./launcher-client.ts";

const limits = { maxBytes: 100, truncationBytes: 10 };
const A = "a".repeat(32);
const B = "b".repeat(32);

function conversation(whenGone: "connection-lost" | "command-exited" = "connection-lost") {
  const input = new PassThrough();
  const output = new PassThrough();
  const client = launcherClient({ input, output, whenGone });
  const run = (id: string, timeoutMs = 60_000): Promise<Answer> => client.run(id, '{"value":{}}', timeoutMs, limits);
  const init = (): Promise<Answer> => client.init('{"code":""}', 60_000, limits);
  return { input, output, client, run, init, sent: () => String(input.read() ?? "") };
}

describe("a launcher's client", () => {
  test("sends one line for init and one for each run", async ({ expect }) => {
    const { sent, init, run, output } = conversation();
    const answers = [init(), run(A)];

    expect(sent()).toBe('{"init":{"code":""}}\n{"value":{}}\n');
    output.write(`200 init {"ok":true}\n200 ${A} {}\n`);
    expect(await Promise.all(answers)).toEqual([
      { kind: "answered", status: 200, body: '{"ok":true}' },
      { kind: "answered", status: 200, body: "{}" },
    ]);
  });

  test("gives each run its own answer, in whatever order they come", async ({ expect }) => {
    const { run, output } = conversation();
    const answers = Promise.all([run(A), run(B)]);
    output.write(`502 ${B} {"error":"b"}\n200 ${A} {"a":1}\n`);

    expect(await answers).toEqual([
      { kind: "answered", status: 200, body: '{"a":1}' },
      { kind: "answered", status: 502, body: '{"error":"b"}' },
    ]);
  });

  test("reads the same wherever the bytes are cut", async ({ expect }) => {
    const text = Buffer.from(`200 init {"ok":"é漢"}\n200 ${B} {"b":"😀"}\n502 ${A} {"error":"${"x".repeat(120)}"}\n`);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 })), async (cuts) => {
        const { init, run, output } = conversation();
        const answers = Promise.all([init(), run(A), run(B)]);
        let from = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), text.length]) {
          output.write(text.subarray(from, cut));
          from = cut;
        }
        expect(await answers).toEqual([
          { kind: "answered", status: 200, body: '{"ok":"é漢"}' },
          { kind: "too-long", status: 502, lengthBytes: 132, prefix: '{"error":"' },
          { kind: "answered", status: 200, body: '{"b":"😀"}' },
        ]);
      }),
      { numRuns: 50 },
    );
  });

  test("takes an empty body for what it is", async ({ expect }) => {
    const { run, output } = conversation();
    const answer = run(A);
    output.write(`200 ${A} \n`);

    expect(await answer).toEqual({ kind: "answered", status: 200, body: "" });
  });

  test("says that a run took too long, and lets its late answer disturb nobody", async ({ expect }) => {
    const { run, output, client } = conversation();
    const slow = run(A, 1);
    const other = run(B);
    expect(await slow).toEqual({ kind: "timed-out" });
    output.write(`200 ${A} {"late":true}\n200 ${B} {}\n`);

    expect(await other).toEqual({ kind: "answered", status: 200, body: "{}" });
    expect(client.gone).toBe(false);
  });

  test("whose launcher died knows nothing of what was under way, and is refused from then on", async ({ expect }) => {
    const { init, run, output, client } = conversation();
    const under = Promise.all([init(), run(A)]);
    output.end();

    expect(await under).toEqual([{ kind: "lost" }, { kind: "lost" }]);
    expect(client.gone).toBe(true);
    expect(await run(B)).toEqual({ kind: "refused" });
  });

  test("hears from a dead launcher what a proxy in front of it would say", async ({ expect }) => {
    const { init, run, output } = conversation("command-exited");
    const under = Promise.all([init(), run(A)]);
    output.end();

    expect(await under).toEqual([
      { kind: "answered", status: 502, body: '{"error":"Cannot start action. Check logs for details."}' },
      { kind: "answered", status: 400, body: '{"error":"command exited"}' },
    ]);
  });

  test("hears an answer out that was cut off by the death", async ({ expect }) => {
    const { run, output } = conversation();
    const under = Promise.all([run(A), run(B)]);
    output.end(`200 ${A} {"done":1}\n200 ${B} {"done"`);

    expect(await under).toEqual([{ kind: "answered", status: 200, body: '{"done":1}' }, { kind: "lost" }]);
  });

  test("is refused when its line did not get there", async ({ expect }) => {
    const { run, input } = conversation();
    input.destroy();

    expect(await run(A)).toEqual({ kind: "refused" });
  });

  test("that is closed lets go of both ends and of what waits", async ({ expect }) => {
    const { run, input, output, client } = conversation();
    const under = run(A);
    client.close();

    expect(await under).toEqual({ kind: "lost" });
    expect([input.destroyed, output.destroyed]).toEqual([true, true]);
  });
});

describe("a hostile launcher", () => {
  test.for([
    ["an answer that nobody asked for", `200 ${B} {}\n`],
    ["a status that is none", `999 ${A} {}\n`],
    ["a status in another notation", `1e2 ${A} {}\n`],
    ["a status that is longer", `2000 ${A} {}\n`],
    ["no space behind the status", `200x${A} {}\n`],
    ["no id", "200  {}\n"],
    ["an empty line", "\n"],
    ["a greeting", "Hello, I am a launcher that says what it likes to say, and at length\n"],
    ["a head without an end", "2".repeat(100)],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0, 0x20, 0x20, 0x0a])],
  ] as const)("with %s ends the conversation", async ([, bytes], { expect }) => {
    const { run, output, client } = conversation();
    const under = run(A);
    output.write(bytes);
    if (!client.gone) output.end(); // what was no answer yet, is none

    expect(await under).toEqual({ kind: "lost" });
  });

  test("cannot answer an activation twice", async ({ expect }) => {
    const { run, output, client } = conversation();
    const [first, second] = [run(A), run(B)];
    output.write(`200 ${A} {}\n200 ${A} {"again":1}\n200 ${B} {}\n`);

    expect((await first).kind).toBe("answered");
    expect(await second).toEqual({ kind: "lost" });
    expect(client.gone).toBe(true);
  });

  test("with an endless answer takes no more memory than its limit", async ({ expect }) => {
    const { run, output } = conversation();
    const under = run(A);
    output.write(`200 ${A} `);
    const megabyte = Buffer.alloc(2 ** 20, "x");
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 64; i++) await new Promise((resolve) => output.write(Buffer.from(megabyte), resolve));
    const grown = process.memoryUsage().arrayBuffers - before;
    output.write("\n");

    expect(await under).toEqual({
      kind: "too-long",
      status: 200,
      lengthBytes: 64 * 2 ** 20,
      prefix: "x".repeat(10),
    });
    expect(grown).toBeLessThan(80 * 2 ** 20); // what was read is garbage at most
  });

  test("never crashes us, leaves us waiting, or answers for another activation", async ({ expect }) => {
    const piece = fc.oneof(
      fc.constantFrom(`200 ${A} `, `200 ${B} `, "200 init ", "\n", " ", "{}", '{"mine":"', '"}', "503 ", A, "2", "\0"),
      fc.string({ maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const { init, run, output } = conversation();
        const under = Promise.all([init(), run(A), run(B)]);
        for (const each of pieces) output.write(each);
        output.end();
        const lines = pieces.join("").split("\n").slice(0, -1);
        for (const [index, answer] of (await under).entries()) {
          if (answer.kind !== "answered") continue;
          const line = `${answer.status} ${["init", A, B][index]} ${answer.body}`;
          expect(lines).toContain(line);
        }
      }),
      { numRuns: 200 },
    );
  });
});
