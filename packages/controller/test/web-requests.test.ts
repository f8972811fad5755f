import type { Json } from "@meringue/core";
import { describe, expect, test } from "vitest";
import { call } from "./call.ts";
import { type Case, cases, each } from "./cases.ts";
import { args, HELLO, NOT_ALLOWED, ran, returns, web, webAction } from "./web-cases.ts";
import { basic, startWorld } from "./world.ts";

const UNAUTHORIZED = "Authentication is possible but has failed or not yet been provided.";
const secured = (value: Json, over: Partial<Case> = {}): Case =>
  web({ name: "", given: [webAction({ "require-whisk-auth": value })], ...over });
const refused: Partial<Case> = {
  status: 401,
  error: UNAUTHORIZED,
  cors: true,
  after: ({ headers, text }, { dispatcher }, expect) => {
    expect(headers["www-authenticate"]).toBeUndefined();
    expect(text.split("\n")).toHaveLength(4);
    expect(dispatcher.messages).toHaveLength(0);
  },
};
const secret = (value: string): Partial<Case> => ({ headers: { "X-Require-Whisk-Auth": value } });

cases("§4 require-whisk-auth", [
  secured(false, { name: "false: anybody" }),
  ...each(["GET", "POST", "PUT", "DELETE", "PATCH"], (method) =>
    secured(true, { name: `true: not a stranger with ${method}`, method, ...refused }),
  ),
  secured(true, {
    name: "true: not a stranger with HEAD",
    method: "HEAD",
    status: 401,
    text: "",
    answerHeaders: { "content-type": "application/json" },
  }),
  secured(true, { name: "true: the owner", as: "guest", json: { __ow_user: "guest" } }),
  secured(true, { name: "true: anybody with a key", as: "other", json: { __ow_user: "other" } }),
  secured(true, { name: "true: no bad key", headers: { Authorization: "Basic bm86cGU=" }, ...refused }),
  secured(true, { name: "true: no bearer", headers: { Authorization: "Bearer x" }, ...refused }),
  secured(true, { name: "true: the header does not matter", ...refused, ...secret("true") }),
  secured(true, {
    name: "true: OPTIONS for anybody",
    method: "OPTIONS",
    text: "",
    cors: true,
    after: ran(0),
  }),
  secured("k", { name: "a text: the header", ...secret("k"), json: { __ow_headers: { "x-require-whisk-auth": "k" } } }),
  secured("k", { name: "a text: not another", ...refused, ...secret("k-bad") }),
  secured("k", { name: "a text: not in capitals", ...refused, ...secret("K") }),
  secured("k", { name: "a text: not without", ...refused }),
  secured("k", { name: "a text: credentials do not matter", as: "guest", ...refused, ...secret("k-bad") }),
  secured("", { name: "an empty text: not without", ...refused }),
  secured(9007199254740991, { name: "a number: the header", ...secret("9007199254740991") }),
  secured(7, { name: "a number: not another", ...refused, ...secret("8") }),
  ...each([null, [], ["k"], {}], (value) =>
    secured(value, { name: `${JSON.stringify(value)}: nobody`, as: "guest", ...refused, ...secret("k") }),
  ),
]);

cases("§4 Other annotations", [
  ...each(["true", 1, null], (value) =>
    web({
      name: `raw-http ${JSON.stringify(value)} is not on`,
      given: [webAction({ "raw-http": value })],
      path: `${HELLO}.json?a=1`,
      json: { a: "1" },
    }),
  ),
  web({
    name: "web-custom-options that is no boolean is not on",
    given: [webAction({ "web-custom-options": "true" })],
    method: "OPTIONS",
    cors: true,
    text: "",
    after: ran(0),
  }),
]);

cases("§5.1 What the action learns of the request", [
  web({
    name: "method, headers and path, and no more",
    headers: { Host: "h", Connection: "close" },
    exactly: { __ow_method: "get", __ow_headers: { host: "h", connection: "close" }, __ow_path: "" },
  }),
  web({ name: "headers in lower case", headers: { "X-A": "V" }, json: { __ow_headers: { "x-a": "V" } } }),
  web({ name: "the caller", as: "other", json: { __ow_user: "other" } }),
  ...each(["Basic rubbish", "Basic bm86cGU=", "Bearer x", ""], (authorization) =>
    web({
      name: `nobody with '${authorization}'`,
      headers: { Authorization: authorization },
      after: ({ json }, _world, expect) => expect(Object.hasOwn(json, "__ow_user")).toBe(false),
    }),
  ),
  web({
    name: "the credentials themselves",
    as: "guest",
    after: ({ json }, { guest }, expect) =>
      expect(json).toMatchObject({ __ow_headers: { authorization: basic(guest) } }),
  }),
  ...each(
    [
      ["application/json", "application/json"],
      ["application/json; charset=utf-8", "application/json"],
      ["TEXT/HTML", "text/html"],
      ["text/html;charset=utf-8", "text/html; charset=UTF-8"],
      ["text/plain;charset=ISO-8859-1;format=flowed", "text/plain; format=flowed; charset=ISO-8859-1"],
      ["no type", "application/octet-stream"],
      [undefined, "application/octet-stream"],
    ] as const,
    ([type, seen]) =>
      web({
        name: `content type ${type}`,
        method: "POST",
        headers: type === undefined ? {} : { "Content-Type": type },
        body: "{}",
        after: ({ json }, _world, expect) =>
          expect((json["__ow_headers"] as Record<string, string>)["content-type"]).toBe(seen),
      }),
  ),
  web({
    name: "no length, no transfer encoding, no content type without a body",
    method: "POST",
    headers: { "Transfer-Encoding": "chunked" },
    after: ({ json }, _world, expect) =>
      expect(Object.keys(json["__ow_headers"] as object).sort()).toEqual(["connection", "host"]),
  }),
  web({
    name: "the dispatch is the owner's, blocking, and has the request's id",
    as: "other",
    headers: { "X-Request-ID": "mine" },
    after: (_answer, { dispatcher, guest }, expect) =>
      expect(dispatcher.messages[0]).toMatchObject({ user: guest, blocking: true, transid: "mine" }),
  }),
]);

cases("§5.2 What wins", [
  web({
    name: "action < query < body",
    method: "POST",
    path: `${HELLO}.json?b=query&c=query`,
    given: [webAction({}, { parameters: ["a", "b", "c"].map((key) => ({ key, value: "action" })) })],
    body: { c: ["body"] },
    json: { a: "action", b: "query", c: ["body"] },
  }),
  web({
    name: "an action's own reserved parameters are overwritten, final or not",
    given: [
      webAction(
        { final: true },
        { parameters: ["__ow_method", "__ow_headers", "__ow_path"].map((key) => ({ key, value: "mine" })) },
      ),
    ],
    json: { __ow_method: "get", __ow_path: "" },
  }),
  ...each(
    [
      ["a=1&a=2", { a: "2" }],
      ["flag", { flag: "" }],
      ["flag=", { flag: "" }],
      ["a=b=c", { a: "b=c" }],
      ["a=x%20y+z", { a: "x y z" }],
      ["a%26b=%3D", { "a&b": "=" }],
      ["%C3%A4=%E2%82%AC", { ä: "€" }],
      ["a=%FF", { a: "\uFFFD" }],
      ["?a=1", { "?a": "1" }],
      ["n=1&t=true", { n: "1", t: "true" }],
      ["timeout=1&blocking=x", { timeout: "1", blocking: "x" }],
    ] as const,
    ([query, json]) => web({ name: `query ${query}`, path: `${HELLO}.json?${query}`, json }),
  ),
  web({
    name: "a query that cannot be decoded",
    path: `${HELLO}.json?a=%zz`,
    status: 400,
    error: "The request's target is not correctly percent-encoded.",
    after: ran(0),
  }),
]);

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ", "base64");
const sent = (type: string | undefined, body: string | Buffer, json: Json, over: Partial<Case> = {}): Case =>
  web({
    name: `${over.given === undefined ? "" : "raw: "}${JSON.stringify(body).slice(0, 30)} as ${type}`,
    method: "POST",
    headers: type === undefined ? {} : { "Content-Type": type },
    body,
    after: (answer, _world, expect) => {
      const { __ow_headers: _headers, __ow_method: _method, __ow_path: _path, ...rest } = answer.json;
      expect(rest).toEqual(json);
    },
    ...over,
  });
const opaque = (value: Json): Json => ({ __ow_body: value });
const base64 = (text: string | Buffer): Json => opaque(Buffer.from(text as string).toString("base64"));
const malformed: Partial<Case> = {
  status: 400,
  error: /^The request content was malformed:\n/,
  cors: false,
  after: ran(0),
};

cases("§5.3 Bodies", [
  sent(undefined, "", {}),
  sent("application/json", "", {}),
  sent("application/json", '{"a":{"b":[1]}}', { a: { b: [1] } }),
  sent("application/json;charset=utf-8", '{"a":1}', { a: 1 }),
  sent("application/cloudevents+json", '{"a":1}', { a: 1 }),
  sent("application/json", '{"__proto__":1}', JSON.parse('{"__proto__":1}') as Json),
  ...each(["[]", '[{"__ow_user":1}]', "null", '"text"', "1.5", "true"], (text) =>
    sent("application/json", text, opaque(JSON.parse(text) as Json)),
  ),
  sent("application/json; odata=verbose", '{"a":1}', opaque('{"a":1}')),
  ...each(["{", "nope", "{}{}", " "], (body) => sent("application/json", body, null, malformed)),
  sent("application/json", `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`, null, malformed),
  sent("application/json", Buffer.from('{"a":"\xff"}', "latin1"), null, malformed),
  sent("application/x-www-form-urlencoded", "a=1&a=2&b=x+y%21&c", { a: "2", b: "x y!", c: "" }),
  sent("application/x-www-form-urlencoded; charset=utf-8", "a=1", { a: "1" }),
  sent("application/x-www-form-urlencoded", "", {}),
  sent("application/x-www-form-urlencoded", "a=%zz", null, {
    status: 400,
    error: "The form is not correctly percent-encoded.",
    cors: false,
    after: ran(0),
  }),
  ...each(
    ["text/plain", "text/html", "text/csv; charset=latin1", "application/xml", "application/javascript"],
    (type) => sent(type, "key=value,ä", opaque("key=value,ä")),
  ),
  sent("text/plain", Buffer.from([0xff, 0x61]), opaque("\uFFFDa")),
  sent("text/plain", "", opaque("")),
  sent("image/png", "", opaque("")),
  sent("image/png", PNG, base64(PNG)),
  sent(undefined, PNG, base64(PNG)),
  sent("no type", PNG, base64(PNG)),
  ...each(
    [
      "application/octet-stream",
      "image/svg+xml",
      "multipart/form-data; boundary=x",
      "text/javascript",
      "application/yaml",
    ],
    (type) => sent(type, "a=1", base64("a=1")),
  ),
  ...each(["text/javascript; charset=utf-8", "application/graphql; charset=utf-8"], (type) =>
    sent(type, "a=1", opaque("a=1")),
  ),
  ...each(["GET", "DELETE", "PUT", "PATCH"], (method) =>
    sent(
      "application/json",
      '{"a":1}',
      { a: 1 },
      {
        name: `JSON with ${method}`,
        method,
        headers: { "Content-Type": "application/json", "Content-Length": "7" },
      },
    ),
  ),
  sent("image/png", Buffer.alloc(700_000, 0xfe), base64(Buffer.alloc(700_000, 0xfe)), { name: "0.7 MB of bytes" }),
]);

const raw: Partial<Case> = {
  given: [webAction({ "raw-http": true, final: true }, { parameters: [{ key: "x", value: "X" }] })],
};
const rawGot = (value: Json): Json => ({ x: "X", __ow_query: "", __ow_body: value });

cases("§5.4 raw-http", [
  sent(undefined, "", rawGot(""), raw),
  sent("application/json", "", rawGot(""), raw),
  sent("application/json", '{"x":1}', rawGot("eyJ4IjoxfQ=="), raw),
  sent("application/json", "{", rawGot("ew=="), raw),
  sent("application/problem+json", "{}", rawGot("{}"), raw),
  sent("application/hal+json", "{}", rawGot("e30="), raw),
  sent("application/x-www-form-urlencoded", "x=1&y=%zz", rawGot("x=1&y=%zz"), raw),
  sent("text/plain", "hi", rawGot("hi"), raw),
  sent("image/png", PNG, rawGot(PNG.toString("base64")), raw),
  sent(undefined, "hi", rawGot("aGk="), raw),
  ...each(
    [
      ["x=overridden", "x=overridden"],
      ["__ow_user=x", "__ow_user=x"],
      ["a=1&a=2", "a=1&a=2"],
      ["a", "a"],
      ["a=", "a="],
      ["a=x%20y", "a=x+y"],
      ["a=x+y", "a=x+y"],
      ["a=%2b%26%3d%3B", "a=%2B%26%3D%3B"],
      ["a=-._~!$'()*,:@/?", "a=-._~!$'()*,:@/?"],
      ["a=%C3%A4", "a=%C3%A4"],
      ["a=[1]", "a=%5B1%5D"],
      ["", ""],
    ] as const,
    ([query, seen]) =>
      web({ name: `query ${query}`, ...raw, path: `${HELLO}.json?${query}`, json: { x: "X", __ow_query: seen } }),
  ),
]);

const overridden: Partial<Case> = { status: 400, error: NOT_ALLOWED, cors: true, after: ran(0) };
const RESERVED = ["method", "headers", "path", "user", "query", "body"].map((name) => `__ow_${name}`);
const final: Partial<Case> = {
  given: [
    webAction(
      { final: true },
      {
        parameters: [
          { key: "y", value: "Y" },
          { key: "empty", value: null },
        ],
      },
    ),
  ],
};

cases("§5.5 What may not be sent", [
  ...each(RESERVED, (name) => web({ name: `${name} in the query`, path: `${HELLO}.json?${name}=x`, ...overridden })),
  ...each(RESERVED, (name) =>
    web({ name: `${name} in the body`, method: "POST", body: { [name]: "x" }, ...overridden }),
  ),
  ...each(RESERVED, (name) =>
    web({
      name: `${name} in a form`,
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: `a=1&${name}=x`,
      ...overridden,
    }),
  ),
  web({ name: "escaped", path: `${HELLO}.json?%5f_ow_user=x`, ...overridden }),
  web({ name: "the same value", path: `${HELLO}.json?__ow_method=get`, ...overridden }),
  web({ name: "but in capitals", path: `${HELLO}.json?__OW_USER=x`, json: { __OW_USER: "x" } }),
  web({ name: "or another name", path: `${HELLO}.json?__ow_other=x`, json: { __ow_other: "x" } }),
  web({ name: "a final parameter in the query", ...final, path: `${HELLO}.json?y=Z`, ...overridden }),
  web({ name: "a final parameter in the body", ...final, method: "POST", body: { y: "Y" }, ...overridden }),
  web({ name: "but one that is null", ...final, path: `${HELLO}.json?empty=Z`, json: { y: "Y", empty: "Z" } }),
  web({
    name: "or one that is not final",
    given: [webAction({}, { parameters: [{ key: "y", value: "Y" }] })],
    path: `${HELLO}.json?y=Z`,
    json: { y: "Z" },
  }),
  web({
    name: "a parameter of a final sequence's own",
    given: [
      webAction(
        { final: true },
        {
          exec: { type: "sequence", kind: "sequence", components: ["/guest/a"] },
          parameters: [{ key: "_actions", value: ["/guest/a"] }],
        },
      ),
    ],
    path: `${HELLO}.json?_actions=x`,
    ...overridden,
  }),
]);

cases("§9 Sequences", [
  web({
    name: "get what a simple action would",
    path: `${HELLO}.json/p?x=1`,
    given: [
      webAction({}, { exec: { type: "sequence", kind: "sequence", components: ["/guest/first", "/guest/last"] } }),
      webAction({}, { name: "first" as never }),
      webAction({}, { name: "last" as never, parameters: [{ key: "z", value: 1 }] }),
    ],
    json: { x: "1", z: 1, __ow_path: "/p" },
    after: (answer, { dispatcher, guest }, expect) => {
      expect(dispatcher.messages.map(({ user }) => user)).toEqual([guest, guest]);
      expect(dispatcher.messages[0]?.cause).toBe(answer.headers["x-openwhisk-activation-id"]);
    },
  }),
]);

cases("§6 OPTIONS", [
  web({
    name: "is answered for the action",
    method: "OPTIONS",
    text: "",
    answerHeaders: {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH",
      "access-control-allow-headers": "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent",
      "content-length": "0",
    },
    after: ({ headers }, { dispatcher }, expect) => {
      expect(headers["x-openwhisk-activation-id"]).toBeUndefined();
      expect(headers["content-type"]).toBeUndefined();
      expect(dispatcher.messages).toHaveLength(0);
    },
  }),
  ...each(["OPTIONS", "GET"], (method) =>
    web({
      name: `allows the headers that are asked for with ${method}`,
      method,
      headers: { "Access-Control-Request-Headers": "x-a, x-b" },
      answerHeaders: { "access-control-allow-headers": "x-a, x-b" },
    }),
  ),
  web({
    name: "reaches an action with options of its own",
    method: "OPTIONS",
    path: HELLO,
    given: [webAction({ "web-custom-options": true })],
    ...returns({ headers: { "Access-Control-Allow-Methods": "OPTIONS, LINK" } }),
    status: 204,
    cors: false,
    answerHeaders: { "access-control-allow-methods": "OPTIONS, LINK" },
    after: args({ __ow_method: "options" }),
  }),
  web({
    name: "also without credentials that other methods need",
    method: "OPTIONS",
    path: HELLO,
    given: [webAction({ "web-custom-options": true, "require-whisk-auth": true })],
    status: 204,
    after: ran(1),
  }),
  web({
    name: "other methods need them",
    path: HELLO,
    given: [webAction({ "web-custom-options": true, "require-whisk-auth": true })],
    status: 401,
    error: UNAUTHORIZED,
    cors: false,
    after: ran(0),
  }),
]);

describe("clients", () => {
  test("may call one web action after the other on one connection, whatever the answers", async () => {
    const world = await startWorld();
    await world.store(webAction());
    const { Agent, request } = await import("node:http");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    const once = (path: string, method: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const outgoing = request(`${world.url}/api/v1${path}`, { method, agent }, (incoming) => {
          incoming.resume().on("end", () => resolve(incoming.statusCode ?? 0));
        });
        outgoing.on("socket", (socket) => sockets.add(socket)).on("error", reject);
        outgoing.end();
      });
    const statuses = [
      await once(`${HELLO}`, "GET"),
      await once(`${HELLO}.json`, "HEAD"),
      await once(`${HELLO}.text`, "GET"),
      await once(`${HELLO}.json`, "OPTIONS"),
      await once(`${HELLO}.json`, "GET"),
    ];
    agent.destroy();
    await world.close();
    expect(statuses).toEqual([204, 200, 404, 200, 200]);
    expect(sockets.size).toBe(1);
  });

  test("that need no answer any more do not stop the activation", async () => {
    const world = await startWorld();
    await world.store(webAction());
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    world.dispatcher.behave(async () => {
      started.resolve();
      await finish.promise;
      return { statusCode: 0, result: {} };
    });
    const { request } = await import("node:http");
    const outgoing = request(`${world.url}/api/v1${HELLO}`).on("error", () => undefined);
    outgoing.end();
    await started.promise;
    outgoing.destroy();
    finish.resolve();
    await world.close();
    const [message] = world.dispatcher.messages;
    expect(await world.deps.activations.get("guest", message?.activationId ?? "")).toBeDefined();
  });

  test("find the record in the owner's namespace", async () => {
    const world = await startWorld();
    await world.store(webAction());
    const answer = await call(world.url, `/api/v1${HELLO}`, { headers: { Authorization: basic(world.other) } });
    const id = answer.headers["x-openwhisk-activation-id"] as string;
    expect(await world.deps.activations.get("guest", id)).toMatchObject({ subject: "guest-subject" });
    await world.close();
  });
});
