import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import type { Json } from "@meringue/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bareStamps, get, medianDelayMs } from "./stamps.ts";
import { streamEnds } from "./stream-ends.ts";
import { type StreamWorld, startStreamWorld } from "./stream-world.ts";

const MEBIBYTE = 1024 * 1024;
const MAX_STREAM_BYTES = 64 * MEBIBYTE;
/** What the kernel, whose buffers grow to tens of megabytes, and HTTP may hold of an answer that nobody reads: less than all. */
const AHEAD_BYTES = 48 * MEBIBYTE;
/** An item may take so long from where it is made to the client, at the median. */
const LATENCY_MS = 5;

/** What web actions that stream do on a server whose actions run in the given containers. Call it inside a `describe`. */
export function streamsSuite(flags: readonly string[]): void {
  let world: StreamWorld;

  beforeAll(async () => {
    world = await startStreamWorld([...flags, "--max-stream-bytes", String(MAX_STREAM_BYTES)]);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  streamEnds(() => world, { flags, maxStreamBytes: MAX_STREAM_BYTES });

  const deploy: StreamWorld["deploy"] = (...given) => world.deploy(...given);
  const open: StreamWorld["open"] = (...given) => world.open(...given);
  const recordOf: StreamWorld["recordOf"] = (id) => world.recordOf(id);
  const printed = (logs: readonly string[]): string[] => logs.map((line) => line.slice(31));

  test("an item is at the client while the action still makes the next", async () => {
    await deploy(
      "events",
      'return { headers: { "content-type": "text/event-stream" }, body: items(1e9, (n) => "data: " + n + "\\n\\n", 10) };',
    );
    const { response, id } = await open("events");
    const [first] = (await once(response, "data")) as [Buffer];
    response.destroy();

    expect(first.toString()).toBe("data: 0\n\n");
    expect(response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "transfer-encoding": "chunked",
      "x-accel-buffering": "no",
      "access-control-allow-origin": "*",
    });
    expect(response.headers["content-length"]).toBeUndefined();
    const record = await recordOf(id); // who goes away has the action stop, and that is no failure
    expect(record.response).toMatchObject({
      success: true,
      result: { headers: { "content-type": "text/event-stream" } },
    });
    expect((record.response.result as { body: string }).body).toMatch(/^data: 0\n\n/);
    expect(printed(record.logs)).toEqual(["stdout: closed"]);
  });

  test("an item takes 5 ms to the client at most, at the median, on a machine with nothing else to do", async () => {
    await deploy("stamps", "return { body: items(100, () => performance.timeOrigin + performance.now() + ' ', 10) };");
    await buffer((await open("stamps")).response); // the container is there now
    using bare = await bareStamps();
    const [platformMs, bareMs] = await Promise.all([
      open("stamps").then(({ response }) => medianDelayMs(response)),
      medianDelayMs(await get(bare.url)),
    ]);
    // What a bare server's items take meanwhile, for each of the processes on the way, is the machine's own doing.
    expect(platformMs).toBeLessThan(LATENCY_MS + 3 * bareMs);
  });

  test("takes async iterables, Node streams and web streams, of texts and bytes", async () => {
    const bytes = "Buffer.from([0, 255, 128, 10])";
    await deploy(
      "sources",
      `const bytes = ${bytes};
      const { Readable } = require("node:stream");
      const all = {
        iterable: () => items(3, (n) => (n === 1 ? bytes : "é" + n)),
        node: () => Readable.from(["é0", bytes, "é2"]),
        file: () => { require("fs").writeFileSync("x", bytes); return require("fs").createReadStream("x"); },
        web: () => new Blob(["é0", bytes, "é2"]).stream(),
      };
      return { statusCode: 201, headers: { "content-type": "image/png", "set-cookie": ["a=1", "b=2"] }, body: all[args.of]() };`,
    );
    const mixed = Buffer.concat([Buffer.from("é0"), Buffer.from([0, 255, 128, 10]), Buffer.from("é2")]);
    for (const [of, expected] of [
      ["iterable", mixed],
      ["node", mixed],
      ["web", mixed],
      ["file", Buffer.from([0, 255, 128, 10])],
    ] as const) {
      const { response, id } = await open(`sources?of=${of}`);
      expect(await buffer(response)).toEqual(expected);
      expect(response.statusCode).toBe(201);
      expect(response.headers).toMatchObject({ "content-type": "image/png", "set-cookie": ["a=1", "b=2"] });
      const { response: kept } = await recordOf(id);
      expect(kept).toMatchObject({
        success: true,
        size: expected.length,
        result: { body: expected.toString("base64") },
      });
    }
  });

  test("a client that does not read stops its own run, and no other in the same container", {
    timeout: 30_000,
  }, async () => {
    await deploy(
      "endless",
      'if (args.count) return { body: state }; return { body: items(Infinity, "x".repeat(65536), 0) };',
      { limits: { concurrency: 10 } },
    );
    const made = async (): Promise<number> => {
      const { response } = await open("endless.json?count=1");
      return (JSON.parse((await buffer(response)).toString()) as { body: { made: number } }).body.made;
    };
    const { response, id } = await open("endless");
    response.pause();
    let [before, after] = [-1, await made()];
    while (before !== after) [before, after] = [after, (await sleepMs(200), await made())];

    expect(after * 65536).toBeLessThan(AHEAD_BYTES);
    let read = 0;
    for await (const chunk of response) {
      read += (chunk as Buffer).length;
      if (read > after * 65536) break;
    }
    expect(await made()).toBeGreaterThan(after); // it goes on as soon as somebody reads
    expect((await recordOf(id)).response.success).toBe(true);
  });

  test("HEAD, a refusing Accept and a status without a body take no item", async () => {
    await deploy(
      "heads",
      'return { statusCode: args.status, headers: { "content-type": "text/csv" }, body: items(1e9, "x", 0) };',
    );
    const head = await open("heads", { method: "HEAD" });
    expect([head.response.statusCode, head.response.headers["content-type"]]).toEqual([200, "text/csv; charset=UTF-8"]);
    const refused = await open("heads", { headers: { accept: "image/png" } });
    expect(refused.response.statusCode).toBe(406);
    const empty = await open("heads?status=204");
    expect(empty.response.statusCode).toBe(204);
    for (const { id } of [head, refused, empty].filter(({ id: known }) => known !== "undefined")) {
      expect((await recordOf(id)).response).toMatchObject({ success: true, result: { body: "" } });
    }
    const { response } = await open("heads.json?status=200", { headers: { accept: "image/png" } });
    expect(response.statusCode).toBe(400); // a collected answer is judged like any: this one is too large
  });

  test("is collected wherever nobody asks for less: REST, other extensions, sequences, triggers", async () => {
    await deploy("whole", 'return { headers: { "content-type": "text/plain" }, body: items(3, (n) => "n" + n) };');
    const { guest } = world;
    const collected = { headers: { "content-type": "text/plain" }, body: "n0n1n2" };
    const rest = await guest.call("POST", "actions/whole?blocking=true&result=true", {});
    expect(rest.json).toEqual(collected);
    expect(String(await buffer((await open("whole.text")).response))).toBe("n0n1n2");

    const components = ["/guest/whole"];
    const sequence = {
      exec: { kind: "sequence", components },
      annotations: [
        { key: "web-export", value: true },
        { key: "stream", value: true },
      ],
    };
    expect((await guest.call("PUT", "actions/chained", sequence)).status).toBe(200);
    const chained = await open("chained");
    expect([String(await buffer(chained.response)), chained.response.headers["content-length"]]).toEqual([
      "n0n1n2",
      "6",
    ]);

    await guest.call("PUT", "triggers/go", {});
    await guest.call("PUT", "rules/goes", { trigger: "/guest/go", action: "/guest/whole" });
    await guest.call("POST", "triggers/go", {});
    const ofRule = async (): Promise<Json | undefined> => {
      const { json } = await guest.call("GET", "activations?name=whole&limit=1&docs=true");
      const [latest] = json as unknown as {
        response: { result: Json };
        cause?: string;
        annotations: { key: string; value: Json }[];
      }[];
      return latest?.response.result;
    };
    await expect.poll(ofRule).toEqual(collected);
  });

  test("without the annotation, or with another value, such a body is what JSON makes of it", async () => {
    for (const stream of [false, "true", 1]) {
      await deploy("plain", 'return { body: { of: items(3, "x") } };', { annotations: { stream } });
      const { response } = await open("plain");
      expect(JSON.parse(String(await buffer(response)))).toEqual({ of: {} });
    }
  });

  test("an action that asks for it but returns a plain body answers as always", async () => {
    await deploy("ordinary", 'return { body: "x" };');
    const { response } = await open("ordinary");
    expect([String(await buffer(response)), response.headers["content-length"]]).toEqual(["x", "1"]);
  });

  test("a record keeps as much of a stream as of any result", async () => {
    await deploy("long", 'return { body: items(40, "x".repeat(65536), 0) };');
    const { response, id } = await open("long");
    expect(await buffer(response)).toHaveLength(40 * 65536);
    const record = await recordOf(id);
    expect(record.response.size).toBe(40 * 65536);
    expect((record.response.result as { body: string }).body).toBe("x".repeat(MEBIBYTE));
  });

  test("many streams at a time share a container where the action allows it", async () => {
    await deploy("shared", 'return { body: items(5, (n) => args.me + n + " ", 10) };', { limits: { concurrency: 50 } });
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, me) => String(await buffer((await open(`shared?me=${me}-`)).response))),
    );
    expect(answers).toEqual(answers.map((_, me) => [0, 1, 2, 3, 4].map((n) => `${me}-${n} `).join("")));
  });
}

/** To see that nothing happens meanwhile. */
function sleepMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
