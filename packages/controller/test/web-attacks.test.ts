import { connect } from "node:net";
import type { Json } from "@meringue/core";
import { anAction, aPackage } from "@meringue/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { call } from "./call.ts";
import { type Case, cases, each } from "./cases.ts";
import { HELLO, NOT_ALLOWED, NOT_FOUND, named, ran, returns, web, webAction } from "./web-cases.ts";
import { startWorld, type World } from "./world.ts";

const secret = anAction({ namespace: "other", name: named("secret"), publish: true });
const hidden: Partial<Case> = {
  given: [secret, webAction()],
  status: 404,
  error: NOT_FOUND,
  cors: false,
  after: ran(0),
};

cases("An action that is not exported", [
  ...each(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"], (method) =>
    web({ name: `is not there for a stranger's ${method}`, ...hidden, method, path: "/web/other/default/secret" }),
  ),
  ...each(["guest", "other"] as const, (as) =>
    web({ name: `nor for ${as}, who has a key`, ...hidden, as, path: "/web/other/default/secret.json" }),
  ),
  ...each([".json", ".http", ".html", ".svg", ".text", "/", "/x", ".json/x", "?web-export=true"], (rest) =>
    web({ name: `nor as secret${rest}`, ...hidden, path: `/web/other/default/secret${rest}` }),
  ),
  ...each(
    [
      "/web/guest/default/..%2F..%2Fother%2Fdefault%2Fsecret",
      "/web/guest/other%2Fsecret/hello",
      "/web/other%2Fdefault/secret/x",
      "/web/other/default/secret%00",
      "/web/guest%2F..%2Fother/default/secret",
    ],
    (path) => web({ name: `nor by ${path}`, given: [secret], as: "guest", path, status: 404, after: ran(0) }),
  ),
  web({
    name: "nor by leading out of the web",
    given: [secret],
    as: "guest",
    path: "/web/guest/../../namespaces/other/actions/secret",
    status: 403,
    after: ran(0),
  }),
  web({
    name: "nor through a binding",
    path: "/web/guest/bound/secret",
    ...hidden,
    given: [
      aPackage({ name: named("bound"), binding: { namespace: named("other"), name: named("pkg") } }),
      aPackage({ namespace: "other", publish: true }),
      { ...secret, namespace: "other/pkg" },
    ],
  }),
  web({
    name: "nor an exported one through a binding to a private package",
    path: "/web/guest/bound/hello",
    given: [
      aPackage({ name: named("bound"), binding: { namespace: named("other"), name: named("pkg") } }),
      aPackage({ namespace: "other" }),
      webAction({}, { namespace: "other/pkg" }),
    ],
    status: 403,
    after: ran(0),
  }),
  web({
    name: "nor through a chain of bindings that ends in a private package",
    path: "/web/guest/bound/hello",
    given: [
      aPackage({ name: named("bound"), binding: { namespace: named("other"), name: named("open") } }),
      aPackage({
        namespace: "other",
        name: named("open"),
        publish: true,
        binding: { namespace: named("other"), name: named("pkg") },
      }),
      aPackage({ namespace: "other" }),
      webAction({}, { namespace: "other/pkg" }),
    ],
    status: 403,
    after: ran(0),
  }),
]);

cases("What a request pretends", [
  ...each(['{"__proto__":{"__ow_user":"root"}}', '{"constructor":1,"hasOwnProperty":2}'], (body) =>
    web({
      name: `members such as ${body} are plain arguments`,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      after: ({ json }, _world, expect) => {
        expect(Object.hasOwn(json, "__ow_user")).toBe(false);
        expect(json).toMatchObject(JSON.parse(body) as object);
      },
    }),
  ),
  web({
    name: "the same in a query",
    path: `${HELLO}.json?__proto__=x`,
    after: ({ json }, _world, expect) => expect(Object.getOwnPropertyDescriptor(json, "__proto__")?.value).toBe("x"),
  }),
  web({
    name: "a header called __proto__",
    headers: { ["__proto__"]: "x", "x-__ow_user": "root" },
    after: ({ json }, _world, expect) =>
      expect(Object.getOwnPropertyDescriptor(json["__ow_headers"], "__proto__")?.value).toBe("x"),
  }),
  web({
    name: "a reserved argument behind one that is not",
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: '{"a":1,"__ow_\\u0075ser":"root"}',
    status: 400,
    error: NOT_ALLOWED,
    after: ran(0),
  }),
  web({
    name: "a user in a raw body stays in the body",
    method: "POST",
    given: [webAction({ "raw-http": true })],
    path: `${HELLO}.json?__ow_user=root`,
    body: { __ow_user: "root" },
    after: ({ json }, _world, expect) => expect(Object.hasOwn(json, "__ow_user")).toBe(false),
  }),
]);

const splitting = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>";
const WHOLE = { statusCode: 200, body: "fine" };

/** What comes over the wire, byte for byte, for one call of an action that returns `result`. */
async function wire(result: Json, headers = ""): Promise<string> {
  const world = await startWorld();
  try {
    await world.store(webAction());
    world.dispatcher.behave(() => ({ statusCode: 0, result }));
    return await rawCall(world, `GET /api/v1${HELLO} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${headers}\r\n`);
  } finally {
    await world.close();
  }
}

function rawCall({ port }: World, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}

describe("A result that would break out of its header", () => {
  test.each([
    ["a value with a line break", { "x-a": splitting }],
    ["a value with a bare line feed", { "x-a": "x\nSet-Cookie: evil=1" }],
    ["a value with a bare carriage return", { "x-a": "x\rSet-Cookie: evil=1" }],
    ["a value with characters whose low bytes are a line break", { "x-a": "x\u010d\u010aSet-Cookie: evil=1" }],
    ["a value with full width ones", { "x-a": "x\u560d\u560aSet-Cookie: evil=1" }],
    ["a value with NUL", { "x-a": "x\0y" }],
    ["a value that begins a line", { "x-a": "\r\n\r\n<script>" }],
    ["one of several values", { "x-a": ["fine", splitting] }],
    ["a name with a line break", { "x-a\r\nSet-Cookie": "evil=1" }],
    ["a name with a colon", { "Set-Cookie: evil=1\r\nx": "y" }],
    ["a name with a space", { "x a": "y" }],
    ["an empty name", { "": "y" }],
    ["a name beyond ASCII", { "x-\u010a": "y" }],
    ["a location", { location: splitting }],
    ["a content type", { "content-type": `text/html; x="${splitting}"` }],
    ["a length of its own", { "content-length": "1", "transfer-encoding": "chunked" }],
  ])("does not: %s", async (_name, headers) => {
    const text = await wire({ ...WHOLE, headers });
    const [head = "", ...bodies] = text.split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 (?:200|400) /);
    expect(head.toLowerCase()).not.toMatch(/^set-cookie:|^ ?<script>/m);
    expect(head.match(/^content-length:/gim)).toHaveLength(1);
    expect(head).not.toMatch(/^transfer-encoding:/im);
    expect(bodies).toHaveLength(1);
    expect(Number(/^content-length: (\d+)/im.exec(head)?.[1])).toBe(bodies[0]?.length);
  });

  test("keeps what is beyond ASCII as UTF-8", async () => {
    expect(await wire({ ...WHOLE, headers: { "x-a": "ä€" } })).toContain(
      `x-a: ${Buffer.from("ä€").toString("latin1")}\r\n`,
    );
  });

  test.each(["200\r\nX: y", "200 OK", " 200", "2e2", "Infinity", "NaN"])(
    "nor does the status %j",
    async (statusCode) => {
      expect(await wire({ statusCode, body: "x" })).toMatch(/^HTTP\/1\.1 400 /);
    },
  );

  test("nor what a browser says it will send", async () => {
    const text = await wire(WHOLE, "Access-Control-Request-Headers: x-a\r\n Set-Cookie: evil=1\r\n");
    expect(text).not.toMatch(/^set-cookie:/im);
  });
});

describe("What is huge", () => {
  test("a request's headers are refused, and the server goes on", async () => {
    const world = await startWorld();
    await world.store(webAction());
    const huge = `GET /api/v1${HELLO} HTTP/1.1\r\nHost: h\r\nX-A: ${"a".repeat(70_000)}\r\n\r\n`;
    expect(await rawCall(world, huge)).toMatch(/^HTTP\/1\.1 431 /);
    expect((await call(world.url, `/api/v1${HELLO}`)).status).toBe(204);
    await world.close();
  });

  test("headers of a result that a client can read arrive", async () => {
    const text = await wire({ ...WHOLE, headers: { "x-a": "a".repeat(60_000) } });
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toContain("a".repeat(60_000));
  });

  test.each([
    ["one long value", { "x-a": "a".repeat(70_000) }],
    ["one long name", { ["a".repeat(70_000)]: "x" }],
    ["many values", { "x-a": Array.from({ length: 20_000 }, () => "a") }],
  ])("others are told to the developer: %s", async (_name, headers) => {
    const text = await wire({ ...WHOLE, headers });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain("Response is not valid 'message/http'.");
  });

  test("a result that is nested deeply is printed", async () => {
    const depth = 900;
    const text = await wire({ body: JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) as Json });
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("Requests that mean two things", () => {
  test.each([
    ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"],
    ["two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n"],
    ["a folded header", "X-A: b\r\n c\r\n"],
    ["a header name with a space", "X-A : b\r\n"],
  ])("are refused: %s", async (_name, headers) => {
    const world = await startWorld();
    await world.store(webAction());
    const text = `POST /api/v1${HELLO} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${headers}\r\n0\r\n\r\n`;
    expect(await rawCall(world, text)).toMatch(/^HTTP\/1\.1 400 /);
    expect(world.dispatcher.messages).toHaveLength(0);
    await world.close();
  });
});

const TYPES = [
  "application/json",
  "application/hal+json",
  "application/x-www-form-urlencoded",
  "text/plain",
  "image/png",
  "multipart/form-data; boundary=x",
  "rubbish",
];

describe("Garbage", () => {
  test("in a request is the caller's mistake or the action's argument, never ours", async () => {
    const world = await startWorld();
    await world.store(webAction(), webAction({ "raw-http": true }, { name: named("raw") }));
    const anyRequest = fc.record({
      action: fc.constantFrom("hello", "raw"),
      extension: fc.constantFrom("", ".json", ".text", ".html", ".svg"),
      rest: fc.webPath(),
      query: fc.webQueryParameters(),
      type: fc.constantFrom(...TYPES),
      body: fc.uint8Array({ maxLength: 200 }),
    });
    await fc.assert(
      fc.asyncProperty(anyRequest, async ({ action, extension, rest, query, type, body }) => {
        const path = `/api/v1/web/guest/default/${action}${extension}${rest}?${query}`;
        const bytes = Buffer.from(body);
        const answer = await call(world.url, path, { method: "POST", headers: { "Content-Type": type }, body: bytes });
        // A path may lead somewhere else by its dots.
        expect([200, 204, 400, 401, 404]).toContain(answer.status);
      }),
      { numRuns: 150 },
    );
    await world.close();
  });

  test("in a result is the developer's mistake or an answer, never ours", async () => {
    const world = await startWorld();
    await world.store(webAction());
    const anyText = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom(...TYPES, "404", "YQ=="));
    const anyHeaders = fc.dictionary(
      fc.oneof(fc.constantFrom("content-type", "location", "set-cookie"), anyText),
      anyText,
    );
    const anyResult = fc.oneof(
      fc.record(
        {
          statusCode: fc.oneof(fc.integer({ min: 0, max: 700 }), anyText),
          headers: anyHeaders,
          body: fc.oneof(anyText, fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    const extensions = fc.constantFrom("", ".json", ".text", ".html", ".svg");
    await fc.assert(
      fc.asyncProperty(anyResult, extensions, fc.boolean(), async (result, extension, failed) => {
        const value = JSON.parse(JSON.stringify(result)) as Json;
        world.dispatcher.behave(() => ({ statusCode: failed ? 1 : 0, result: failed ? { error: value } : value }));
        const answer = await call(world.url, `/api/v1${HELLO}${extension}`);
        expect(answer.status).toBeGreaterThanOrEqual(200);
        expect(answer.headers["x-openwhisk-activation-id"]).toMatch(/^[0-9a-f]{32}$/);
        expect(world.logged.filter(({ level }) => level === "error")).toEqual([]);
      }),
      { numRuns: 300 },
    );
    await world.close();
  });

  test("in the caller's Accept header changes nothing", async () => {
    const world = await startWorld();
    await world.store(webAction());
    const printable = fc.string({ unit: fc.constantFrom(...'abc*/;,=q.01 \t"\\') });
    await fc.assert(
      fc.asyncProperty(printable, async (accept) => {
        const answer = await call(world.url, `/api/v1${HELLO}.json`, { headers: { Accept: accept } });
        expect([200, 406]).toContain(answer.status);
      }),
      { numRuns: 100 },
    );
    await world.close();
  });
});

cases("What an error says", [
  web({
    name: "nothing of the developer's failure",
    ...returns({}),
    before: ({ dispatcher }) => dispatcher.behave(() => ({ statusCode: 2, result: { error: "password=1" } })),
    status: 400,
    after: ({ text }, _world, expect) => expect(text).not.toContain("password"),
  }),
  web({
    name: "nothing of a bug",
    before: ({ dispatcher }) => dispatcher.refuse(new Error("password=1")),
    status: 500,
    after: ({ text }, _world, expect) => expect(text).not.toContain("password"),
  }),
]);
