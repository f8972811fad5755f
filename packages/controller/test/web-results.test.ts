import { type Json, type JsonObject, ServiceUnavailable, UPSTREAM_LIMITS } from "@meringue/core";
import { describe, expect, test } from "vitest";
import { call } from "./call.ts";
import { type Case, cases, each } from "./cases.ts";
import { behave, fails, HELLO, ran, returns, web, webAction } from "./web-cases.ts";
import { startWorld } from "./world.ts";

const labelled: NonNullable<Case["after"]> = ({ headers }, { dispatcher }, expect) =>
  expect(headers["x-openwhisk-activation-id"]).toBe(dispatcher.messages[0]?.activationId);
const result = (extension: string, value: Json, row: Partial<Case> = {}): Case =>
  web({
    name: `${extension} of ${JSON.stringify(value).slice(0, 60)}`,
    path: HELLO + extension,
    ...returns(value),
    cors: true,
    after: labelled,
    ...row,
  });
const notValid = (type: string): Partial<Case> => ({
  status: 400,
  error: `Response is not valid '${type}'.`,
  cors: true,
});
const missing: Partial<Case> = { status: 404, error: "Response does not include requested property." };
const typed = (type: string | undefined): Pick<Case, "answerHeaders"> => ({
  answerHeaders: { "content-type": type as string },
});

cases("§7 .json", [
  result(".json", {}, { text: "{\n\n}", ...typed("application/json") }),
  result(
    ".json",
    { a: [1, { b: {} }, "x"], c: { d: null } },
    { text: '{\n  "a": [1, {\n    "b": {\n\n    }\n  }, "x"],\n  "c": {\n    "d": null\n  }\n}' },
  ),
  result(
    ".json",
    { statusCode: 500, headers: { "x-a": "b" } },
    { exactly: { statusCode: 500, headers: { "x-a": "b" } } },
  ),
  result(".json", [1, [2]], { text: "[1, [2]]" }),
]);

cases("§7 .html", [
  result(".html", { html: "<b>ä</b>" }, { text: "<b>ä</b>", ...typed("text/html; charset=UTF-8") }),
  result(".html", { body: "b", html: "h" }, { text: "b" }),
  result(".html", { html: "h", statusCode: 500, headers: { "x-a": "b" } }, { text: "h" }),
  result(".html", { html: "" }, { text: "" }),
  ...each([{}, { html: 1 }, { body: null, html: "h" }, { html: { a: 1 } }, [], ["h"]] as Json[], (value) =>
    result(".html", value, notValid("text/html")),
  ),
]);

cases("§7 .svg", [
  result(".svg", { svg: "<svg/>" }, { text: "<svg/>", ...typed("image/svg+xml") }),
  result(".svg", { body: "<svg>ä</svg>" }, { text: "<svg>ä</svg>" }),
  ...each([{}, { svg: 1 }, { body: null, svg: "s" }] as Json[], (value) =>
    result(".svg", value, notValid("image/svg+xml")),
  ),
]);

cases("§7 .text", [
  ...each(
    [
      ["t", "t"],
      ["", ""],
      [1.5, "1.5"],
      [true, "true"],
      [null, "null"],
      [[1, 2], "[1, 2]"],
      [{ a: 1 }, '{\n  "a": 1\n}'],
    ] as const satisfies (readonly [Json, string])[],
    ([value, text]) => result(".text", { text: value as Json }, { text, ...typed("text/plain; charset=UTF-8") }),
  ),
  result(".text", { body: "b", text: "t" }, { text: "b" }),
  result(".text", { body: null, text: "t" }, { text: "null" }),
  result(".text", [1, "a"], { text: '[1, "a"]' }),
  result(
    ".text",
    { other: 1 },
    {
      ...missing,
      cors: true,
      after: ({ text, headers }, world, expect) => {
        expect(text).toBe(
          `{\n  "error": "Response does not include requested property.",\n  "code": "${headers["x-request-id"]}"\n}`,
        );
        return labelled({ text, headers } as never, world, expect);
      },
    },
  ),
]);

cases("§8 .http: status and headers", [
  ...each([{}, { payload: 1 }, { body: null }, { body: "" }, { headers: {} }] as Json[], (value) =>
    result("", value, { status: 204, text: "", ...typed(undefined) }),
  ),
  ...each([200, 201, 302, 404, 444, 500, 599, "200", "0404", "+404"] as Json[], (statusCode) =>
    result("", { statusCode }, { status: Number(statusCode), text: "", ...typed(undefined) }),
  ),
  ...each(["xyz", "", "200.5", 200.5, null, true, [], {}, 99, 600, -1, 1e30, "4e2", "0x190"] as Json[], (statusCode) =>
    result("", { statusCode }, notValid("message/http")),
  ),
  ...each([100, 101, 103, 199, "100"], (statusCode) =>
    result("", { statusCode }, { name: `no interim status: ${statusCode}`, ...notValid("message/http") }),
  ),
  ...each([[], [{ body: 1 }]] as Json[], (value) => result("", value, notValid("message/http"))),
  ...each([null, [], "x", 1, { a: null }, { a: {} }, { a: [["x"], null] }, { a: [{}] }] as Json[], (headers) =>
    result("", { headers }, notValid("message/http")),
  ),
  result(
    "",
    { headers: { location: "http://x" }, statusCode: 302 },
    {
      status: 302,
      text: "",
      answerHeaders: { location: "http://x", "content-length": "0" },
    },
  ),
  result(
    "",
    { headers: { "Set-Cookie": ["a=b", "c=d; Path = /"] } },
    {
      status: 204,
      after: ({ headers, rawHeaders }, _world, expect) => {
        expect(headers["set-cookie"]).toEqual(["a=b", "c=d; Path = /"]);
        expect(rawHeaders).toContain("Set-Cookie");
      },
    },
  ),
  result(
    "",
    { headers: { "X-A": ["a", [1, [true]]], "x-b": false, "x-c": 1.5, "x-d": [], "x-e": "" } },
    {
      status: 204,
      answerHeaders: { "x-a": "a, 1, true", "x-b": "false", "x-c": "1.5", "x-d": undefined as never, "x-e": "" },
    },
  ),
  result(
    "",
    { headers: { "content-type": "text/plain", "x-a": "b" } },
    {
      status: 204,
      answerHeaders: { "content-type": undefined as never, "x-a": "b" },
    },
  ),
  result(
    "",
    { headers: { "Access-Control-Allow-Origin": "http://x" } },
    {
      status: 204,
      cors: undefined as never,
      after: ({ rawHeaders }, _world, expect) =>
        expect(rawHeaders.filter((text) => text === "Access-Control-Allow-Origin")).toHaveLength(2),
    },
  ),
  web({
    name: "an action with options of its own brings all headers itself",
    path: HELLO,
    given: [webAction({ "web-custom-options": true })],
    ...returns({}),
    status: 204,
    after: ({ headers }, _world, expect) =>
      expect(Object.keys(headers).sort()).toEqual([
        "connection",
        "date",
        "keep-alive",
        "x-openwhisk-activation-id",
        "x-request-id",
      ]),
  }),
  ...each(
    ["Content-Length", "transfer-encoding", "Date", "server", "Connection", "Trailer", "Upgrade", "keep-alive"],
    (name) =>
      result(
        "",
        { headers: { [name]: "7" }, body: "text" },
        {
          text: "text",
          after: ({ rawHeaders }, _world, expect) => expect(rawHeaders).not.toContain("7"),
        },
      ),
  ),
  ...each([204, 205, 304], (statusCode) =>
    result("", { statusCode, body: "text" }, { name: `no body with ${statusCode}`, status: statusCode, text: "" }),
  ),
]);

const page = (contentType: string | undefined, body: Json, text: string, type: string): Case =>
  result(
    "",
    { body, ...(contentType === undefined ? {} : { headers: { "Content-Type": contentType } }) },
    {
      name: `${JSON.stringify(body)} as ${contentType}`,
      text,
      ...typed(type),
    },
  );
const mismatch = (contentType: string, body: Json): Case =>
  result(
    "",
    { body, headers: { "content-type": contentType } },
    {
      name: `${JSON.stringify(body)} cannot be ${contentType}`,
      status: 400,
      error: "Response type in header did not match generated content type.",
    },
  );

cases("§8 .http: bodies", [
  page(undefined, "<p>ä</p>", "<p>ä</p>", "text/html; charset=UTF-8"),
  page("text/plain", "t", "t", "text/plain; charset=UTF-8"),
  page("TEXT/Plain; charset=latin1", "ä", "ä", "text/plain; charset=UTF-8"),
  page("text/plain; format=flowed", "t", "t", "text/plain; format=flowed; charset=UTF-8"),
  page("text/css", "aaaa", "aaaa", "text/css; charset=UTF-8"),
  page("text/event-stream", "data: 1\n\n", "data: 1\n\n", "text/event-stream"),
  page("application/javascript", "x()", "x()", "application/javascript; charset=UTF-8"),
  page("text/javascript; charset=utf-8", "x()", "x()", "text/javascript; charset=UTF-8"),
  page("application/json", "hello world", "hello world", "application/json"),
  page("application/json", '{"a":1}', '{"a":1}', "application/json"),
  page("application/json", "eyJhIjoxfQ==", '{"a":1}', "application/json"),
  page("application/json; charset=utf-8", "eyJhIjoxfQ==", '{"a":1}', "application/json"),
  page("application/problem+json", "eyJhIjoxfQ==", '{"a":1}', "application/problem+json"),
  page("application/problem+json", "text", Buffer.from("text", "base64").toString(), "application/problem+json"),
  page("application/hal+json", "e30=", "{}", "application/hal+json"),
  page("image/svg+xml", "PHN2Zy8+", "<svg/>", "image/svg+xml"),
  page("text/javascript", "eCgp", "x()", "text/javascript"),
  page("application/octet-stream", "YQ", "a", "application/octet-stream"),
  page("application/octet-stream", "YQ==", "a", "application/octet-stream"),
  page(undefined, { a: [] }, '{\n  "a": []\n}', "application/json"),
  page("application/json", [1, 2], "[1, 2]", "application/json"),
  page("application/json; charset=utf-8", {}, "{\n\n}", "application/json"),
  page(undefined, 3, "3", "application/json"),
  page(undefined, 0, "0", "application/json"),
  page(undefined, false, "false", "application/json"),
  page("application/hal+json", { a: 1 }, '{\n  "a": 1\n}', "application/hal+json"),
  page("application/vnd.api+json; charset=utf-8", 1, "1", "application/vnd.api+json"),
  mismatch("image/svg+xml", "<svg/>"),
  mismatch("text/javascript", "x()"),
  mismatch("application/hal+json", "{}"),
  ...each(["YQ=", "Y", "Y===", "YQ==\n", "YWJj\n", "YW Jj", "YW-_", "=", "YQ==YQ=="], (body) =>
    mismatch("image/png", body),
  ),
  mismatch("application/json", "abcd\n"),
  mismatch("text/html", { a: 1 }),
  mismatch("application/json; odata=verbose", { a: 1 }),
  mismatch("xyzbar", { a: 1 }),
  mismatch("text/plain", 1),
  ...each(["xyzbar", "", "text/", "/html", "text/html/x", "text/html; x", "a b/c"], (contentType) =>
    result(
      "",
      { body: "text", headers: { "content-type": contentType } },
      {
        name: `text cannot be '${contentType}'`,
        status: 400,
        error: "Response did not specify a known content-type.",
      },
    ),
  ),
  result("", { statusCode: 404, body: "no" }, { status: 404, text: "no" }),
  result(
    "",
    { body: Buffer.from([0xff, 0, 0x80]).toString("base64"), headers: { "content-type": "image/png" } },
    {
      name: "bytes",
      after: ({ bytes, headers }, _world, expect) => {
        expect([...bytes]).toEqual([0xff, 0, 0x80]);
        expect(headers["content-type"]).toBe("image/png");
        expect(headers["content-length"]).toBe("3");
      },
    },
  ),
]);

cases("§8 HEAD", [
  web({
    name: "runs the action, and answers all but the body",
    method: "HEAD",
    ...returns({ a: 1 }),
    text: "",
    answerHeaders: { "content-type": "application/json", "content-length": String('{\n  "a": 1\n}'.length) },
    after: (_answer, { dispatcher }, expect) =>
      expect(dispatcher.messages[0]?.args).toMatchObject({ __ow_method: "head" }),
  }),
  web({ name: "of nothing", method: "HEAD", path: HELLO, ...returns({}), status: 204, text: "" }),
  web({ name: "of what is missing", method: "HEAD", path: "/web/guest/default/none", status: 404, text: "" }),
]);

const accept = (type: string, row: Partial<Case> & Pick<Case, "name">): Case =>
  web({ headers: { Accept: type }, ...row });
const refused = (type: string): Partial<Case> => ({
  status: 406,
  error: `Resource representation is only available with these types:\n${type}`,
  cors: false,
  after: ({ text, headers }, { dispatcher }, expect) => {
    expect(text).not.toContain('"error": ');
    expect(headers["x-openwhisk-activation-id"]).toBeUndefined();
    expect(headers["x-a"]).toBeUndefined();
    expect(dispatcher.messages).toHaveLength(1);
  },
});
const HTML = "text/html; charset=UTF-8";

cases("§8.1 Accept", [
  ...each(
    ["*/*", "text/*", "text/html", "TEXT/HTML;level=1", "application/json, text/html;q=0.1", "", "rubbish"],
    (type) =>
      accept(type, { name: `'${type}' takes HTML`, path: `${HELLO}.html`, ...returns({ html: "h" }), text: "h" }),
  ),
  ...each(["text/xml", "application/json", "text/html;q=0", "*/*, text/html;q=0"], (type) =>
    accept(type, {
      name: `'${type}' does not`,
      path: `${HELLO}.html`,
      ...returns({ html: "h" }),
      ...refused(HTML),
    }),
  ),
  accept("application/json", {
    name: "text by .http",
    path: HELLO,
    ...returns({ body: "t", headers: { "x-a": "b" } }),
    ...refused(HTML),
  }),
  accept("application/json", {
    name: "text for a caller with a key",
    as: "guest",
    path: HELLO,
    ...returns({ body: "t" }),
    ...refused(HTML),
  }),
  accept("text/html", { name: "JSON", ...returns({}), ...refused("application/json") }),
  accept("text/html", {
    name: "an image",
    path: HELLO,
    ...returns({ body: "YQ==", headers: { "content-type": "image/png" } }),
    ...refused("image/png"),
  }),
  accept("application/json", { name: "nothing is always taken", path: HELLO, ...returns({}), status: 204 }),
  accept("text/html", {
    name: "a redirect without a body too",
    path: HELLO,
    ...returns({ statusCode: 302 }),
    status: 302,
  }),
  accept("image/png", {
    name: "a redirect with one is not",
    path: HELLO,
    ...returns({ statusCode: 302, body: "x" }),
    ...refused(HTML),
  }),
  ...each([400, 404, 500], (statusCode) =>
    accept("image/png", {
      name: `${statusCode} is always taken`,
      path: HELLO,
      ...returns({ statusCode, body: "x" }),
      status: statusCode,
      text: "x",
    }),
  ),
  accept("image/png", { name: "errors too", ...fails(2, "x"), status: 400 }),
  accept("image/png", {
    name: "but not that there is no answer yet",
    deps: { limits: { ...UPSTREAM_LIMITS, blockingMs: 5 } },
    ...behave(() => new Promise(() => {})),
    ...refused("application/json"),
  }),
]);

const failed = (extension: string, error: Json, row: Partial<Case>): Case =>
  result(
    extension,
    { error },
    { name: `${extension} of the error ${JSON.stringify(error)}`, ...fails(1, error), ...row },
  );

cases("§9.1 Failures of the action", [
  failed("", { statusCode: 404, body: "no" }, { status: 404, text: "no", ...typed(HTML) }),
  failed(".json", { statusCode: 404, body: "no" }, { exactly: { statusCode: 404, body: "no" } }),
  failed(".text", { statusCode: 404, body: "no" }, { text: "no" }),
  failed(".html", { statusCode: 404, body: "no" }, { text: "no" }),
  failed("", { body: "no" }, { text: "no" }),
  failed("", "boom", notValid("message/http")),
  failed(".json", "boom", notValid("application/json")),
  failed(".json", null, notValid("application/json")),
  failed(".json", [1], { text: "[1]" }),
  failed(".text", "boom", { text: "boom" }),
  failed(".html", "boom", { text: "boom" }),
  failed(".svg", "boom", { text: "boom" }),
  failed("", { code: 5 }, { status: 204 }),
  failed(".json", { code: 5 }, { exactly: { code: 5 } }),
  failed(".text", { code: 5 }, missing),
  failed(".html", { code: 5 }, notValid("text/html")),
  ...each([2, 3] as const, (statusCode) =>
    result(".json", null, {
      name: `status ${statusCode}`,
      ...fails(statusCode, "secret of the developer"),
      status: 400,
      error: "There was an error processing your request.",
      cors: true,
    }),
  ),
  web({
    name: "no result in time",
    deps: { limits: { ...UPSTREAM_LIMITS, blockingMs: 5 } },
    ...behave(() => new Promise(() => {})),
    status: 202,
    error: "Response not yet ready.",
    cors: true,
    after: labelled,
  }),
  web({
    name: "it cannot be placed",
    before: ({ dispatcher }) => dispatcher.refuse(new ServiceUnavailable()),
    status: 503,
    error: "The server is currently unavailable (because it is overloaded or down for maintenance).",
    cors: true,
    after: ({ headers }, _world, expect) => expect(headers["x-openwhisk-activation-id"]).toBeUndefined(),
  }),
  web({
    name: "anything else",
    before: ({ dispatcher }) => dispatcher.refuse(new RangeError("a bug")),
    status: 500,
    error: "There was an internal server error.",
    after: (_answer, { logged }, expect) =>
      expect(logged).toContainEqual(
        expect.objectContaining({ level: "error", fields: expect.objectContaining({ transid: expect.any(String) }) }),
      ),
  }),
  web({
    name: "the identities cannot be read",
    before: ({ subjects }) => {
      subjects.listByNamespace = () => Promise.reject(new Error("disk"));
    },
    status: 500,
    error: "There was an internal server error.",
    cors: false,
    after: ran(0),
  }),
]);

cases("§10 Headers", [
  web({
    name: "X-Request-ID is echoed",
    headers: { "X-Request-ID": "mine" },
    answerHeaders: { "x-request-id": "mine" },
  }),
  web({
    name: "and is the code of errors",
    path: "/web/guest/default/none",
    headers: { "X-Request-ID": "mine" },
    status: 404,
    text: '{\n  "error": "The requested resource does not exist.",\n  "code": "mine"\n}',
  }),
  web({
    name: "but not one of the system's own",
    headers: { "X-Request-ID": "sid_x" },
    after: ({ headers }, _world, expect) => expect(headers["x-request-id"]).not.toBe("sid_x"),
  }),
]);

describe("an answer", () => {
  test("of a megabyte arrives whole", async () => {
    const world = await startWorld();
    await world.store(webAction());
    const body = "ä".repeat(500_000);
    world.dispatcher.behave(() => ({ statusCode: 0, result: { body } }));
    const answer = await call(world.url, `/api/v1${HELLO}`);
    expect(answer.text === body).toBe(true);
    await world.close();
  });

  test("to one of several calls costs no further look at the owner", async () => {
    const world = await startWorld();
    await world.store(webAction());
    const { listByNamespace } = world.subjects;
    let reads = 0;
    world.subjects.listByNamespace = (namespace) => {
      reads++;
      return listByNamespace(namespace);
    };
    for (let i = 0; i < 3; i++) {
      const { json } = await call(world.url, `/api/v1${HELLO}.json?i=${i}`);
      expect((json as JsonObject)["i"]).toBe(String(i));
    }
    expect(reads).toBe(1);
    await world.close();
  });
});
