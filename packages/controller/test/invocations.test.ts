import { type EntityName, ServiceUnavailable } from "@meringue/core";
import { anAction, aPackage, aTrigger } from "@meringue/testkit";
import { type Case, cases, each } from "./cases.ts";
import type { Behaviour } from "./world.ts";

const hello = "/namespaces/_/actions/hello";
const NOT_FOUND = "The requested resource does not exist.";
const ELSEWHERE = "Resource by this name exists but is not in this collection.";
const named = (name: string) => name as EntityName;

const post = (row: Partial<Case> & Pick<Case, "name">): Case => ({
  method: "POST",
  path: hello,
  given: [anAction()],
  status: 202,
  ...row,
});
const blocking = (row: Partial<Case> & Pick<Case, "name">): Case =>
  post({ path: `${hello}?blocking=true`, status: 200, ...row });
const behave = (behaviour: Behaviour): Pick<Case, "before"> => ({
  before: ({ dispatcher }) => dispatcher.behave(behaviour),
});
const never: Behaviour = () => new Promise(() => {});
const idHeader: NonNullable<Case["after"]> = ({ headers, json }, { dispatcher }, expect) => {
  const [message] = dispatcher.messages;
  expect(headers["x-openwhisk-activation-id"]).toBe(message?.activationId);
  if (json["activationId"] !== undefined) expect(json["activationId"]).toBe(message?.activationId);
};

cases("§10 Invocation: what comes of it", [
  post({
    name: "non-blocking",
    cors: true,
    after: async (answer, world, expect) => {
      expect(answer.json).toEqual({ activationId: expect.stringMatching(/^[0-9a-f]{32}$/) });
      await idHeader(answer, world, expect);
    },
  }),
  post({ name: "non-blocking ignores result", path: `${hello}?result=true`, after: idHeader }),
  blocking({
    name: "success: the record",
    body: { a: 1 },
    after: async (answer, world, expect) => {
      await idHeader(answer, world, expect);
      expect(answer.json).toEqual({
        namespace: "guest",
        name: "hello",
        version: "0.0.1",
        publish: false,
        subject: "guest-subject",
        activationId: expect.any(String),
        start: expect.any(Number),
        end: expect.any(Number),
        duration: 5,
        logs: [],
        response: { status: "success", success: true, result: { a: 1 }, size: 7 },
        annotations: [
          { key: "path", value: "guest/hello" },
          { key: "kind", value: "nodejs:24" },
        ],
      });
    },
  }),
  blocking({
    name: "success: the result",
    path: `${hello}?blocking=true&result=true`,
    body: { a: 1 },
    exactly: { a: 1 },
    after: idHeader,
  }),
  ...each(
    [
      [1, 502, "application error"],
      [2, 502, "action developer error"],
      [3, 500, "whisk internal error"],
    ] as const,
    ([statusCode, status, text]) =>
      blocking({
        name: `${text}: the record, without a code`,
        ...behave(() => ({ statusCode, result: { error: "no" } })),
        status,
        cors: true,
        json: { response: { status: text, success: false, result: { error: "no" } } },
        after: async (answer, world, expect) => {
          await idHeader(answer, world, expect);
          expect(answer.json).not.toHaveProperty("code");
        },
      }),
  ),
  ...each(
    [
      [1, 502],
      [2, 502],
      [3, 500],
    ] as const,
    ([statusCode, status]) =>
      blocking({
        name: `status ${statusCode}: only the result`,
        path: `${hello}?blocking=true&result=true`,
        ...behave(() => ({ statusCode, result: { error: "no" } })),
        status,
        exactly: { error: "no" },
        after: idHeader,
      }),
  ),
  blocking({
    name: "an array goes out bare",
    ...behave(() => ({ statusCode: 0, result: [1, 2] })),
    exactly: [1, 2],
    after: idHeader,
  }),
  blocking({
    name: "no result, result=true",
    path: `${hello}?blocking=true&result=true`,
    ...behave(() => ({ statusCode: 0 })),
    exactly: {},
  }),
  blocking({
    name: "not in time",
    path: `${hello}?blocking=true&timeout=20`,
    ...behave(never),
    status: 202,
    after: async (answer, world, expect) => {
      expect(Object.keys(answer.json)).toEqual(["activationId"]);
      await idHeader(answer, world, expect);
    },
  }),
  blocking({
    name: "not in time, result=true",
    path: `${hello}?blocking=true&result=true&timeout=20`,
    ...behave(never),
    status: 202,
    after: idHeader,
  }),
  blocking({
    name: "cannot be placed",
    before: ({ dispatcher }) => dispatcher.refuse(new ServiceUnavailable()),
    status: 503,
    error: "The server is currently unavailable (because it is overloaded or down for maintenance).",
    cors: true,
  }),
  blocking({
    name: "a bug says nothing",
    before: ({ dispatcher }) => dispatcher.refuse(new Error("secret")),
    status: 500,
    text: "There was an internal server error.",
    ...unlabelled(),
  }),
  post({
    name: "a record is there afterwards, and has the log that the answer lacks",
    path: `${hello}?blocking=true`,
    status: 200,
    after: async ({ json }, { deps }, expect) => {
      expect(json["logs"]).toEqual([]);
      expect(await deps.activations.get("guest", String(json["activationId"]))).toMatchObject({
        logs: ["2026-01-01T00:00:00.000Z stdout: hello"],
      });
    },
  }),
]);

/** A bug's answer has not even an id; the table's own check would miss one. */
function unlabelled(): Pick<Case, "after" | "unlabelled"> {
  return {
    unlabelled: true,
    after: ({ headers }, { logged }, expect) => {
      expect(headers["x-request-id"]).toBeUndefined();
      expect(headers["content-type"]).toBe("text/plain; charset=UTF-8");
      expect(logged.some(({ level }) => level === "error")).toBe(true);
    },
  };
}

const detail = "Timeout must be number of milliseconds up to 60000.";
cases("§10 Invocation: the request", [
  ...each(["0", "-1", "60001", "x", "", "1.5", "99999999999"], (timeout) =>
    post({
      name: `timeout '${timeout}', even when non-blocking`,
      path: `${hello}?timeout=${timeout}`,
      status: 400,
      query: ["timeout", detail],
      cors: false,
    }),
  ),
  ...each(["1", "60000"], (timeout) => post({ name: `timeout ${timeout}`, path: `${hello}?timeout=${timeout}` })),
  post({
    name: "blocking=x",
    path: `${hello}?blocking=x`,
    status: 400,
    query: ["blocking", "'x' is not a valid Boolean value"],
  }),
  post({
    name: "result=X, even when non-blocking",
    path: `${hello}?result=X`,
    status: 400,
    query: ["result", "'x' is not a valid Boolean value"],
  }),
  post({
    name: "blocking is complained about first",
    path: `${hello}?timeout=x&result=x&blocking=x`,
    status: 400,
    query: ["blocking", "'x' is not a valid Boolean value"],
  }),
  post({
    name: "then result",
    path: `${hello}?timeout=x&result=x`,
    status: 400,
    query: ["result", "'x' is not a valid Boolean value"],
  }),
  ...each(["1", "[]", '"a"', "null", "true"], (body) =>
    post({
      name: `payload ${body}`,
      headers: { "Content-Type": "application/json" },
      body,
      status: 400,
      malformed: "JSON object expected",
      cors: false,
    }),
  ),
  post({ name: "payload of 1 MiB", body: { a: "x".repeat(1048576 - 8) } }),
  post({
    name: "payload of 1 MiB and a byte",
    body: { a: "x".repeat(1048576 - 7) },
    status: 413,
    error: "Request larger than allowed: 1048577 > 1048576 bytes.",
    cors: true,
  }),
  post({
    name: "the same in chunks",
    headers: { "Transfer-Encoding": "chunked" },
    body: { a: "x".repeat(1048576 - 7) },
    status: 413,
    error: "Request larger than allowed: 1048577 > 1048576 bytes.",
  }),
  post({
    name: "a namespace's own payload size",
    before: ({ subjects }) => subjects.putLimits("guest", { maxPayloadSize: "10 B" }),
    body: { a: "xxxx" },
    status: 413,
    error: "Request larger than allowed: 12 > 10 bytes.",
  }),
  post({ name: "no action", given: [], status: 404, error: NOT_FOUND, cors: true }),
  post({ name: "another type of entity", given: [aTrigger({ name: named("hello") })], status: 409, error: ELSEWHERE }),
  post({
    name: "foreign",
    path: "/namespaces/other/actions/hello",
    status: 403,
    error: "The supplied authentication is not authorized to access 'other/hello'.",
  }),
  post({
    name: "a deprecated runtime",
    given: [anAction({ exec: { type: "code", kind: "aged:1", binary: false } })],
    status: 400,
    error: "The 'aged:1' runtime is no longer supported. You may read and delete but not update or invoke this action.",
    cors: true,
  }),
]);

const args =
  (expected: unknown, initArgs: readonly string[] = []): NonNullable<Case["after"]> =>
  (_answer, { dispatcher }, expect) => {
    expect(dispatcher.messages[0]).toMatchObject({ args: expected, initArgs });
  };
const pkg = aPackage({
  namespace: "other",
  name: named("s"),
  publish: true,
  parameters: [
    { key: "a", value: "package" },
    { key: "b", value: "package" },
    { key: "c", value: "package" },
    { key: "d", value: "package" },
  ],
});
const bound = aPackage({
  name: named("bound"),
  binding: { namespace: named("other"), name: named("s") },
  parameters: [
    { key: "b", value: "binding" },
    { key: "c", value: "binding" },
    { key: "d", value: "binding" },
  ],
});
const inPackage = anAction({
  namespace: "other/s",
  parameters: [
    { key: "c", value: "action" },
    { key: "d", value: "action", init: true },
  ],
});
const final = anAction({
  annotations: [{ key: "final", value: true }],
  parameters: [
    { key: "a", value: 1 },
    { key: "b", value: null },
  ],
});

cases("§5.3, §10 Arguments", [
  post({
    name: "payload over parameters",
    given: [
      anAction({
        parameters: [
          { key: "a", value: 1 },
          { key: "b", value: 1 },
        ],
      }),
    ],
    body: { b: 2 },
    after: args({ a: 1, b: 2 }),
  }),
  post({
    name: "package < binding < action < payload",
    path: "/namespaces/_/actions/bound/hello",
    given: [pkg, bound, inPackage],
    body: { d: "payload" },
    after: args({ a: "package", b: "binding", c: "action", d: "payload" }, ["d"]),
  }),
  post({
    name: "the message tells provider, binding and caller",
    path: "/namespaces/_/actions/bound/hello",
    given: [pkg, bound, inPackage],
    after: (_a, { dispatcher }, expect) =>
      expect(dispatcher.messages[0]).toMatchObject({
        action: { id: "other/s/hello", binding: "guest/bound" },
        user: { subject: "guest-subject", namespace: { name: "guest" } },
        blocking: false,
      }),
  }),
  post({
    name: "a foreign shared action",
    path: "/namespaces/other/actions/s/hello",
    given: [pkg, inPackage],
    after: args({ a: "package" }, ["d"]),
  }),
  post({
    name: "a foreign private package",
    path: "/namespaces/other/actions/s/hello",
    given: [{ ...pkg, publish: false }, inPackage],
    status: 403,
    error: "The supplied authentication is not authorized to access 'other/s'.",
  }),
  post({ name: "an own missing package", path: "/namespaces/_/actions/q/hello", status: 404, error: NOT_FOUND }),
  post({
    name: "a final parameter",
    given: [final],
    body: { a: 2 },
    status: 400,
    error: "Request defines parameters that are not allowed (e.g., reserved properties).",
    cors: true,
  }),
  post({
    name: "a final parameter without a value may be given",
    given: [final],
    body: { b: 2 },
    after: args({ a: 1, b: 2 }),
  }),
  post({
    name: "the transaction goes along",
    headers: { "X-Request-ID": "mine" },
    after: (_a, { dispatcher }, expect) => expect(dispatcher.messages[0]?.transid).toBe("mine"),
  }),
]);
