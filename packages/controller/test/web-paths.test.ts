import { InternalError, type JsonObject, NotFound, ServiceUnavailable, TooManyRequests } from "@meringue/core";
import { anAction, aPackage, aTrigger } from "@meringue/testkit";
import { describe, expect, test } from "vitest";
import { call } from "./call.ts";
import { type Case, cases, each } from "./cases.ts";
import { annotations, HELLO, NOT_ALLOWED, NOT_FOUND, named, ran, web, webAction } from "./web-cases.ts";
import { startWorld } from "./world.ts";

const SECURED = { "require-whisk-auth": true };
const missing = (name: string, path: string, over: Partial<Case> = {}): Case =>
  web({ name, path, status: 404, error: NOT_FOUND, cors: false, after: ran(0), ...over });

cases("§1 Which complaint wins", [
  web({ name: "TRACE is no method", method: "TRACE", as: "guest", status: 405, error: /supported methods/ }),
  ...each(["GET", "DELETE", "POST", "PUT", "PATCH"], (method) =>
    web({ name: `${method} is one`, method, json: { __ow_method: method.toLowerCase() }, after: ran(1) }),
  ),
  missing("a namespace that is nobody's", "/web/nobody/default/hello"),
  missing("an action that does not exist", "/web/guest/default/none"),
  missing("a package that does not exist", "/web/guest/none/hello"),
  missing("a package that is a trigger", "/web/guest/tick/hello", { given: [aTrigger()] }),
  missing("an action that is a trigger", "/web/guest/default/tick", { given: [aTrigger()] }),
  missing("an action in no package of that name", "/web/guest/pkg/hello", { given: [aPackage(), webAction()] }),
  missing("an action that is not exported", HELLO, { given: [anAction()] }),
  missing("_ is no namespace here", "/web/_/default/hello", { as: "guest" }),
  ...each([false, "true", 1, null, {}], (value) =>
    missing(`web-export ${JSON.stringify(value)}`, HELLO, { given: [webAction({ "web-export": value })] }),
  ),
  missing("an action that cannot be read", HELLO, {
    before: ({ entities }) => {
      entities.get = () => Promise.reject(new InternalError("Resource is corrupted and cannot be read."));
    },
  }),
  web({
    name: "but a store that cannot be reached is told as such",
    before: ({ entities }) => {
      entities.get = () => Promise.reject(new ServiceUnavailable());
    },
    status: 503,
    cors: false,
  }),
  missing("OPTIONS of a missing action", "/web/guest/default/none", { method: "OPTIONS" }),
  missing("too large a body for a missing action", "/web/guest/default/none", {
    method: "POST",
    body: "x".repeat(1048577),
  }),
  missing("not exported, before the owner's throttles", HELLO, {
    given: [anAction()],
    deps: { admitWebCall: () => Promise.reject(new TooManyRequests("count")) },
  }),
  web({
    name: "throttles of the owner, before what may be touched",
    path: "/web/guest/bound/hello",
    given: [
      aPackage({ name: named("bound"), binding: { namespace: named("other"), name: named("pkg") } }),
      aPackage({ namespace: "other" }),
      webAction({}, { namespace: "other/pkg" }),
    ],
    deps: { admitWebCall: () => Promise.reject(new TooManyRequests("Too many requests")) },
    status: 429,
    error: "Too many requests",
    cors: false,
  }),
  web({
    name: "throttles of the owner, also for OPTIONS",
    method: "OPTIONS",
    deps: {
      admitWebCall: (owner) => {
        throw new TooManyRequests(`of ${owner.namespace.name}`);
      },
    },
    status: 429,
    error: "of guest",
  }),
  web({
    name: "what is refused is counted once",
    method: "POST",
    body: { __ow_user: 1 },
    deps: (() => {
      let calls = 0;
      return {
        admitWebCall: () => {
          if (++calls > 1) throw new TooManyRequests("twice");
        },
      };
    })(),
    status: 400,
    error: NOT_ALLOWED,
  }),
  web({
    name: "too large a body, before credentials",
    method: "POST",
    given: [webAction(SECURED)],
    body: "x".repeat(1048577),
    status: 413,
    error: "Request larger than allowed: 1048577 > 1048576 bytes.",
    cors: false,
  }),
  web({
    name: "too large a body in chunks",
    method: "POST",
    headers: { "Transfer-Encoding": "chunked" },
    body: "x".repeat(1048577),
    status: 413,
    error: "Request larger than allowed: 1048577 > 1048576 bytes.",
  }),
  web({
    name: "too large a body, before OPTIONS",
    method: "OPTIONS",
    headers: { "Content-Length": "1048577" },
    body: "x".repeat(1048577),
    status: 413,
  }),
  web({
    name: "more than any body may be is told in plain text",
    method: "POST",
    headers: { "Content-Length": "52428801" },
    body: "",
    status: 413,
    text: "The request content is larger than the server is willing or able to process.",
  }),
  web({
    name: "the limit is the namespace's own",
    method: "POST",
    body: "x".repeat(101),
    before: async ({ subjects, changes }) => {
      await subjects.putLimits("guest", { maxPayloadSize: "100 B" });
      changes.publish({ kind: "limits", namespace: "guest" });
    },
    status: 413,
    error: "Request larger than allowed: 101 > 100 bytes.",
  }),
  web({
    name: "a body of exactly the limit",
    method: "POST",
    path: `${HELLO}.http`,
    body: "x".repeat(1048576),
    status: 204,
  }),
  web({
    name: "credentials, before the body is looked into",
    method: "POST",
    given: [webAction(SECURED)],
    headers: { "Content-Type": "application/json" },
    body: "{",
    status: 401,
    error: "Authentication is possible but has failed or not yet been provided.",
    cors: true,
  }),
  web({
    name: "the body, before what it overrides",
    method: "POST",
    path: `${HELLO}?__ow_user=x`,
    headers: { "Content-Type": "application/json" },
    body: "{",
    status: 400,
    error: /^The request content was malformed:\n/,
    cors: false,
  }),
  web({
    name: "what is overridden, before the runtime",
    path: `${HELLO}?__ow_user=x`,
    given: [webAction({}, { exec: { type: "code", kind: "aged:1", binary: false } })],
    status: 400,
    error: NOT_ALLOWED,
  }),
  web({
    name: "a runtime that is deprecated",
    given: [webAction({}, { exec: { type: "code", kind: "aged:1", binary: false } })],
    status: 400,
    error: "The 'aged:1' runtime is no longer supported. You may read and delete but not update or invoke this action.",
    cors: true,
  }),
]);

const noRoute = (path: string): Case[] => [
  web({
    name: `${path} without credentials`,
    path,
    status: 401,
    error: "The resource requires authentication, which was not supplied with the request",
    answerHeaders: { "www-authenticate": 'Basic realm="OpenWhisk secure realm",charset=UTF-8' },
    cors: false,
  }),
  web({
    name: `${path} with bad credentials`,
    path,
    headers: { Authorization: "Basic bm86cGU=" },
    status: 401,
    error: "The supplied authentication is invalid",
  }),
  web({
    name: `${path} with good ones`,
    path,
    as: "guest",
    status: 404,
    error: "The requested resource could not be found.",
    cors: false,
    after: ({ text }, _world, expect) => expect(text).not.toContain("\n"),
  }),
  web({
    name: `OPTIONS ${path}`,
    method: "OPTIONS",
    path,
    text: "OK",
    answerHeaders: {
      "content-type": "text/plain; charset=UTF-8",
      "access-control-allow-methods": "GET, DELETE, POST, PUT, HEAD",
    },
  }),
];

cases(
  "§2 URLs that are none of a web action",
  [
    "/web",
    "/web/",
    "/web/guest",
    "/web/guest/default",
    "/web/guest/default/",
    "/web//default/hello",
    "/web/guest//hello",
    "/web/-x/default/hello",
    "/web/guest/x%23/hello",
    "/web/guest/default/hello%2Fx",
    "/web/guest/default/%C3%A4",
    `/web/guest/default/${"a".repeat(257)}`,
  ].flatMap(noRoute),
);

cases("§2 URLs", [
  ...each(["a b", "a@b", "a&b", "a.b", "a-b", "9", "_", `${"a".repeat(256)}`], (name) =>
    web({
      name: `a name such as ${name.slice(0, 10)}`,
      path: `/web/guest/default/${encodeURIComponent(name)}`,
      given: [webAction({}, { name: named(name) })],
      status: 204,
      after: ran(1),
    }),
  ),
  ...each(
    [
      ["", ""],
      ["/", "/"],
      ["/content", "/content"],
      ["/a/b/", "/a/b/"],
      ["//a", "//a"],
      ["/a%20b", "/a%20b"],
      ["/%41", "/A"],
      ["/%c3%a4", "/%C3%A4"],
      ["/a%2Fb", "/a%2Fb"],
      ["/a;b=c,d:e@f", "/a;b=c,d:e@f"],
      ["/x.json", "/x.json"],
      ["/..%2f", "/..%2F"],
      ["/a/../b", "/b"],
    ] as const,
    ([rest, path]) => web({ name: `what follows: '${rest}'`, path: `${HELLO}.json${rest}`, json: { __ow_path: path } }),
  ),
  web({
    name: "a package",
    path: "/web/guest/pkg/hello.json",
    given: [aPackage({ parameters: [{ key: "a", value: 1 }] }), webAction({}, { namespace: "guest/pkg" })],
    json: { a: 1 },
  }),
  web({
    name: "a package whose name begins with default",
    path: "/web/guest/default-x/hello",
    given: [aPackage({ name: named("default-x") }), webAction({}, { namespace: "guest/default-x" })],
    status: 204,
  }),
  missing("the word default is never a package", "/web/guest/default/hello", {
    given: [aPackage({ name: named("default") }), webAction({}, { namespace: "guest/default" })],
  }),
  web({
    name: "annotations of the package do not matter",
    path: "/web/guest/pkg/hello",
    given: [aPackage({ annotations: annotations({ "web-export": false }) }), webAction({}, { namespace: "guest/pkg" })],
    status: 204,
  }),
  missing("nor do they export", "/web/guest/pkg/hello", {
    given: [aPackage({ annotations: annotations({ "web-export": true }) }), anAction({ namespace: "guest/pkg" })],
  }),
]);

const bound = aPackage({
  name: named("bound"),
  binding: { namespace: named("other"), name: named("pkg") },
  parameters: [
    { key: "b", value: "binding" },
    { key: "c", value: "binding" },
  ],
});
const inOther = webAction({}, { namespace: "other/pkg", parameters: [{ key: "c", value: "action" }] });
const provider = aPackage({
  namespace: "other",
  publish: true,
  parameters: ["a", "b", "c"].map((key) => ({ key, value: "package" })),
});

cases("§2 Bindings", [
  web({
    name: "parameters: package < binding < action",
    path: "/web/guest/bound/hello.json",
    given: [bound, provider, inOther],
    json: { a: "package", b: "binding", c: "action" },
  }),
  web({
    name: "it is the binder's activation",
    path: "/web/guest/bound/hello.json",
    given: [bound, provider, inOther],
    after: (_answer, { dispatcher, guest }, expect) => {
      expect(dispatcher.messages[0]).toMatchObject({ user: guest, blocking: true });
      expect(dispatcher.messages[0]?.action).toMatchObject({ id: "other/pkg/hello", binding: "guest/bound" });
    },
  }),
  web({
    name: "to a private package of somebody else",
    path: "/web/guest/bound/hello.json",
    given: [bound, { ...provider, publish: false }, inOther],
    status: 403,
    error: "The supplied authentication is not authorized to access 'other/pkg/hello'.",
    cors: false,
    after: ran(0),
  }),
  web({
    name: "to a private package of one's own",
    path: "/web/guest/bound/hello",
    given: [
      { ...bound, binding: { namespace: named("guest"), name: named("pkg") } },
      aPackage(),
      webAction({}, { namespace: "guest/pkg" }),
    ],
    status: 204,
  }),
  missing("to a package that is gone", "/web/guest/bound/hello", { given: [bound] }),
  missing("to itself", "/web/guest/bound/hello", {
    given: [{ ...bound, binding: { namespace: named("guest"), name: named("bound") } }],
  }),
]);

cases("§3 Extensions", [
  web({ name: "none is .http", path: HELLO, status: 204 }),
  web({ name: ".http", path: `${HELLO}.http`, status: 204 }),
  web({ name: ".json", path: `${HELLO}.json`, answerHeaders: { "content-type": "application/json" } }),
  web({
    name: "only the last one counts",
    path: "/web/guest/default/t.wxyz.json",
    given: [webAction({}, { name: named("t.wxyz") })],
  }),
  web({
    name: "an action whose name ends in one",
    path: "/web/guest/default/hello.json.http",
    given: [webAction({}, { name: named("hello.json") })],
    status: 204,
  }),
  ...each([".xyz", ".JSON", ".xyz/path", ".json5", ".txt"], (extension) =>
    missing(`${extension} is none`, `${HELLO}${extension}`),
  ),
]);

const onHost = (host: string, path: string, over: Partial<Case> = {}): Case =>
  web({
    name: `${host} ${path}`,
    path: `/${path}`,
    headers: { Host: host },
    deps: { webHost: "fn.example.org" },
    ...over,
  });
const index = webAction({}, { namespace: "guest/public", name: named("index") });

cases("§2.1 Vanity hosts", [
  onHost("guest.fn.example.org", "/", {
    given: [aPackage({ name: named("public") }), index],
    before: ({ dispatcher }) => dispatcher.behave(() => ({ statusCode: 0, result: { html: "<p>hi</p>" } })),
    text: "<p>hi</p>",
    answerHeaders: { "content-type": "text/html; charset=UTF-8" },
  }),
  onHost("guest.fn.example.org", "/?a=1", {
    given: [aPackage({ name: named("public") }), index],
    before: ({ dispatcher }) =>
      dispatcher.behave(({ args }) => ({ statusCode: 0, result: { html: `a is ${(args as JsonObject)["a"]}` } })),
    text: "a is 1",
  }),
  onHost("guest.fn.example.org", "/default/hello.json/x?a=1", { json: { a: "1", __ow_path: "/x" } }),
  onHost("GUEST.Fn.Example.ORG:8080", "/default/hello.json", { json: { __ow_path: "" } }),
  onHost("guest.fn.example.org", "/api/v1/namespaces", {
    as: "guest",
    status: 404,
    error: NOT_FOUND,
    name: "the rest of the API is not there",
  }),
  onHost("guest.fn.example.org", "/../../../../ping", { status: 401, name: "dot segments do not lead out" }),
  ...each(
    [
      "fn.example.org",
      "a.b.fn.example.org",
      "a_b.fn.example.org",
      ".fn.example.org",
      "guest.fn.example.org.evil.org",
      "xfn.example.org",
    ],
    (host) => onHost(host, "/ping", { name: `not rewritten: ${host}`, text: "pong" }),
  ),
  web({ name: "without the setting", path: "//ping", headers: { Host: "guest.fn.example.org" }, text: "pong" }),
]);

describe("the owner of a namespace", () => {
  test("who is blocked has no web actions any more, at once", async () => {
    const world = await startWorld();
    await world.store(webAction());
    expect((await call(world.url, `/api/v1${HELLO}`)).status).toBe(204);
    const [subject] = await world.subjects.listByNamespace("guest");
    if (subject === undefined) throw new NotFound();
    await world.subjects.put({ ...subject, blocked: true });
    world.changes.publish({ kind: "subject", subject: subject.subject });
    expect((await call(world.url, `/api/v1${HELLO}`)).status).toBe(404);
    await world.close();
  });

  test("who closes an action while a body comes in slowly is heeded", async () => {
    const world = await startWorld();
    await world.store(webAction());
    const gone = Promise.withResolvers<void>();
    const find = world.deps.catalogue.find.bind(world.deps.catalogue);
    let seen = 0;
    Object.assign(world.deps.catalogue, {
      find: (...given: Parameters<typeof find>) => {
        if (++seen === 1) gone.resolve();
        return find(...given);
      },
    });
    const { request } = await import("node:http");
    const answered = Promise.withResolvers<number>();
    const outgoing = request(
      `${world.url}/api/v1${HELLO}`,
      { method: "POST", headers: { "Content-Type": "application/json", "Content-Length": "2" } },
      (incoming) => {
        incoming.resume();
        answered.resolve(incoming.statusCode ?? 0);
      },
    );
    outgoing.write("{");
    await gone.promise;
    const [rev] = [(await world.entities.get("guest/hello"))?.rev];
    await world.entities.put(anAction(), rev, "none");
    world.changes.publish({ kind: "entity", id: "guest/hello" });
    outgoing.end("}");
    expect(await answered.promise).toBe(404);
    await world.close();
  });
});
