import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { crc32, deflateSync } from "node:zlib";
import { type ServerProcess, startServer } from "@meringue/testkit";
import openwhisk from "openwhisk";
import { afterAll, beforeAll, describe, test, vi } from "vitest";

const run = promisify(execFile);
const here = new URL(".", import.meta.url);

/** Maven brings a dozen plugins when it first builds. */
const MAVEN_LIMIT_MS = 180_000;

/** Before the first container of a language that compiles, part of its library is compiled. */
const FIRST_BUILD_LIMIT_MS = 180_000;

/** Builds the example's archive by its own script. */
async function build(name: string, archive = "action.zip"): Promise<Buffer> {
  await run("sh", [new URL(`${name}/build.sh`, here).pathname], {
    env: { ...process.env, PYTHON: "/usr/bin/python3" },
  });
  return await readFile(new URL(`${name}/${archive}`, here));
}

// Building fetches libraries from npm, PyPI and Maven's repository, which `npm test` alone must not depend on.
describe.skipIf(process.env["MERINGUE_LANE"] !== "examples")("the examples, built as their READMEs say", () => {
  let server: ServerProcess;
  let client: ReturnType<typeof openwhisk>;

  beforeAll(async () => {
    server = await startServer();
    client = openwhisk({ apihost: server.url, api_key: server.guestKey });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function deploy(name: string, kind: string): Promise<void> {
    await client.actions.create({ name, action: await build(name), kind });
  }

  async function invoke(name: string, params: object): Promise<Record<string, unknown>> {
    return (await client.actions.invoke({ name, params, blocking: true, result: true })) as Record<string, unknown>;
  }

  /** Once what is made for a language's first container may take longer than a call waits for its result. */
  async function invokePatiently(name: string, params: object): Promise<unknown> {
    const { activationId } = (await client.actions.invoke({ name, params })) as { activationId: string };
    return await vi.waitFor(async () => (await client.activations.result({ name: activationId })).result, {
      timeout: FIRST_BUILD_LIMIT_MS - 10_000,
      interval: 500,
    });
  }

  test("markdown-to-html turns Markdown into HTML", async ({ expect }) => {
    await deploy("markdown-to-html", "nodejs:default");

    expect(await invoke("markdown-to-html", { markdown: "# Hello *world*" })).toEqual({
      html: "<h1>Hello <em>world</em></h1>\n",
    });
  });

  test("invoice-pdf writes a PDF with the right total", async ({ expect }) => {
    await deploy("invoice-pdf", "nodejs:default");
    const order = JSON.parse(await readFile(new URL("invoice-pdf/order.json", here), "utf8")) as object;

    const { total, pdf } = await invoke("invoice-pdf", order);

    expect(total).toBe(1850);
    expect(Buffer.from(String(pdf), "base64").toString("latin1", 0, 5)).toBe("%PDF-");
  });

  test("csv-statistics describes the columns that hold numbers", async ({ expect }) => {
    await deploy("csv-statistics", "typescript:default");

    const result = await invoke("csv-statistics", { csv: "city,height\nUlm,160\nKöln,150\nWien,140\n" });

    expect(result).toMatchObject({
      rows: 3,
      columns: { height: { count: 3, min: 140, max: 160, mean: 150, median: 150 } },
    });
    expect(Object.keys(result["columns"] as object)).toEqual(["height"]);
  });

  test("thumbnail scales an image down", async ({ expect }) => {
    await deploy("thumbnail", "python:default");

    const result = await invoke("thumbnail", { image: whitePng(300, 200).toString("base64"), size: 60 });

    expect(result).toMatchObject({ width: 60, height: 40 });
    expect(Buffer.from(String(result["image"]), "base64").toString("latin1", 1, 4)).toBe("PNG");
  });

  test("qr-code draws a text as a QR code", async ({ expect }) => {
    const action = await build("qr-code");
    await client.actions.create({ name: "qr-code", action, kind: "php:default", annotations: { "web-export": true } });

    const answer = await fetch(`${server.url}/api/v1/web/guest/default/qr-code.http?text=hello&size=300`);

    expect(answer.headers.get("content-type")).toBe("image/svg+xml");
    expect(await answer.text()).toMatch(/<svg [^>]*width="300"[^]*<path /);
  });

  test("code-highlight colours code", async ({ expect }) => {
    await deploy("code-highlight", "ruby:default");

    const result = await invoke("code-highlight", { language: "ruby", code: 'puts "hello"' });

    const html = `<pre class="highlight"><span class="nb">puts</span> <span class="s2">"hello"</span></pre>`;
    expect(result).toMatchObject({ language: "ruby", html, css: expect.stringContaining(".highlight .nb") as string });
  });

  test("server-sent-events says a text word by word, and goes on where a reader was cut off", async ({ expect }) => {
    const action = await build("server-sent-events");
    const annotations = { "web-export": true, stream: true };
    await client.actions.create({ name: "server-sent-events", action, kind: "nodejs:default", annotations });
    const url = `${server.url}/api/v1/web/guest/default/server-sent-events?text=to+be+or+not&pauseMs=20`;

    const answer = await fetch(url);
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const chunks: string[] = [];
    for await (const bytes of answer.body ?? []) chunks.push(Buffer.from(bytes).toString());
    const [first = "", ...more] = chunks;
    expect(first).toMatch(/^event: word\nid: 0\ndata: to\n\n/);
    expect(more.length).toBeGreaterThan(0); // it came while the rest was still to be said
    expect(chunks.join("").match(/^data: .*$/gm)).toEqual(
      ["to", "be", "or", "not", "4"].map((word) => `data: ${word}`),
    );

    const rest = await fetch(url, { headers: { "last-event-id": "2" } });
    expect((await rest.text()).match(/^data: .*$/gm)).toEqual(["data: not", "data: 4"]);
    expect(await invoke("server-sent-events", { text: "to be", pauseMs: 0 })).toMatchObject({
      body: expect.stringMatching(/data: to\n\n[^]*data: be\n\n/) as string,
    });
  });

  test("fuzzy-match finds what is like a word", { timeout: MAVEN_LIMIT_MS }, async ({ expect }) => {
    const code = (await build("fuzzy-match", "action.jar")).toString("base64");
    const exec = { kind: "java:17", code, main: "fuzzy.Match" };
    await client.actions.create({ name: "fuzzy-match", action: { exec } } as never);

    const candidates = ["Augsburg", "Hamburg", "Homburg"];
    expect(await invoke("fuzzy-match", { word: "Hamburk", candidates, most: 2 })).toEqual({
      matches: [
        { candidate: "Hamburg", score: 0.943 },
        { candidate: "Homburg", score: 0.829 },
      ],
    });
  });

  test("version-range tells which versions a range allows", { timeout: FIRST_BUILD_LIMIT_MS }, async ({ expect }) => {
    const code = (await build("version-range")).toString("base64");
    const exec = { kind: "dotnet:default", code, main: "VersionRange::Example.Versions::Match" };
    await client.actions.create({ name: "version-range", action: { exec } } as never);

    const versions = ["3.0.0", "2.4.1", "2.0.0-beta", "2.1.0", "1.9.0"];
    expect(await invokePatiently("version-range", { range: "[2.0,3.0)", versions })).toEqual({
      allowed: ["2.1.0", "2.4.1"],
      best: "2.1.0",
    });
  });

  test("url-slug makes an address of a title", { timeout: FIRST_BUILD_LIMIT_MS }, async ({ expect }) => {
    await deploy("url-slug", "go:default");

    expect(await invokePatiently("url-slug", { title: "Der süße Ofen", language: "de" })).toEqual({
      slug: "der-suesse-ofen",
    });
  });

  test("text-statistics counts what readers count", { timeout: FIRST_BUILD_LIMIT_MS }, async ({ expect }) => {
    const code = (await build("text-statistics")).toString("base64");
    const exec = { kind: "rust:default", code };
    await client.actions.create({ name: "text-statistics", action: { exec, limits: { memory: 512 } } } as never);

    expect(await invokePatiently("text-statistics", { text: "Grüße! Wie geht es dir?" })).toEqual({
      characters: 23,
      words: 5,
      sentences: 2,
      longest: "Grüße",
    });
  });

  test("word-count counts words in the shell, and logs what it prints before its result", async ({ expect }) => {
    const code = (await build("word-count")).toString("base64");
    const exec = { kind: "blackbox", image: "openwhisk/dockerskeleton", code };
    await client.actions.create({ name: "word-count", action: { exec } } as never);

    const activation = await client.actions.invoke({
      name: "word-count",
      params: { text: "to be or not" },
      blocking: true,
    });

    expect(activation.response?.result).toEqual({ words: 4 });
    const { logs } = await client.activations.logs({ name: activation.activationId });
    expect(logs.map((line) => line.slice(31))).toEqual(["stdout: counting"]);
  });
});

/** A PNG of one colour, made by hand. */
function whitePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8); // eight bits of grey
  const rows = Buffer.alloc((width + 1) * height, 0xff);
  for (let row = 0; row < height; row++) rows[row * (width + 1)] = 0; // each row unfiltered
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
