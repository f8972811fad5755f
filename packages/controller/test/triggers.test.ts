import {
  type Activation,
  BadRequest,
  type EntityName,
  ServiceUnavailable,
  type Trigger,
  type TriggerRule,
  UPSTREAM_LIMITS,
} from "@meringue/core";
import { anAction, aPackage, aRule, aTrigger, memoryActivationStore } from "@meringue/testkit";
import { expect } from "vitest";
import { read } from "./ask.ts";
import { brokenStore } from "./broken-store.ts";
import { type Case, cases, each } from "./cases.ts";
import { overtake } from "./overtake.ts";
import { basic, type World } from "./world.ts";

const named = (name: string) => name as EntityName;
const NOT_FOUND = "The requested resource does not exist.";
const ELSEWHERE = "Resource by this name exists but is not in this collection.";
const ROUTE_NOT_FOUND = "The requested resource could not be found.";
const forbidden = (name: string) => `The supplied authentication is not authorized to access '${name}'.`;
const JSON_TYPE = { "Content-Type": "application/json" };

const url = "/namespaces/_/triggers/tick";
const hello = { path: "guest", name: "hello" };
const on = (action: TriggerRule["action"] = hello): TriggerRule => ({ action, status: "active" });
const off = (action: TriggerRule["action"] = hello): TriggerRule => ({ action, status: "inactive" });
const ruled = (rules: Trigger["rules"] & object, over: Partial<Trigger> = {}) => aTrigger({ rules, ...over });
const trigger = aTrigger({
  parameters: [{ key: "a", value: "trigger" }],
  annotations: [{ key: "n", value: 1 }],
});

type Row = Partial<Case> & Pick<Case, "name" | "status">;
const get = (row: Row): Case => ({ path: url, ...row });
const put = (row: Row): Case => ({ method: "PUT", path: url, body: {}, ...row });
const update = (row: Row): Case => put({ path: `${url}?overwrite=true`, given: [trigger], ...row });
const del = (row: Row): Case => ({ method: "DELETE", path: url, ...row });
const list = (row: Row): Case => ({ path: "/namespaces/_/triggers", ...row });
const fire = (row: Row): Case => ({ method: "POST", path: url, ...row });

const whole = {
  namespace: "guest",
  name: "tick",
  version: "0.0.1",
  publish: false,
  annotations: trigger.annotations,
  parameters: trigger.parameters,
  limits: {},
  updated: trigger.updated,
};

cases("§14.2 GET of a trigger", [
  get({ name: "without rules", given: [trigger], status: 200, cors: true, exactly: whole }),
  get({
    name: "with rules",
    given: [ruled({ "guest/r": on(), "guest/q": off({ path: "other/s", name: "x" }) })],
    status: 200,
    json: {
      rules: {
        "guest/r": { action: { path: "guest", name: "hello" }, status: "active" },
        "guest/q": { action: { path: "other/s", name: "x" }, status: "inactive" },
      },
    },
  }),
  get({ name: "that had rules once", given: [ruled({})], status: 200, json: { rules: {} } }),
  get({ name: "none", status: 404, error: NOT_FOUND, cors: true }),
  ...each([anAction, aPackage, aRule], (make) => {
    const entity = make({ name: named("tick") });
    return get({ name: `that is a ${entity.entityType}`, given: [entity], status: 409, error: ELSEWHERE, cors: true });
  }),
  get({
    name: "somebody else's",
    path: "/namespaces/other/triggers/tick",
    given: [aTrigger({ namespace: "other", publish: true })],
    status: 403,
    error: forbidden("other/tick"),
    cors: true,
  }),
  get({ name: "somebody else's that is not there", path: "/namespaces/other/triggers/x", status: 403 }),
  get({
    name: "unreadable",
    deps: brokenStore("guest/tick"),
    status: 500,
    error: "Resource is corrupted and cannot be read.",
  }),
  get({ name: "a bad name", path: "/namespaces/_/triggers/-x", status: 400, cors: false }),
  get({ name: "a bad namespace", path: "/namespaces/-/triggers/x", status: 400, cors: false }),
  get({ name: "a slash too many", path: `${url}/`, given: [trigger], status: 404, error: ROUTE_NOT_FOUND }),
  get({ name: "no credentials", as: "nobody", status: 401 }),
]);

cases("§14.3 PUT that creates", [
  put({
    name: "with defaults",
    status: 200,
    cors: true,
    exactly: { ...whole, annotations: [], parameters: [], updated: expect.any(Number) },
  }),
  put({
    name: "with everything",
    body: {
      version: "2.0",
      publish: true,
      limits: {},
      parameters: [{ key: "p", value: null }],
      annotations: [{ key: "a", value: [1] }],
    },
    status: 200,
    json: { version: "2.0.0", publish: true, limits: {}, parameters: [{ key: "p", value: null }] },
  }),
  put({
    name: "what clients send besides is ignored",
    body: { name: "other", rules: { "guest/r": on() }, updated: 1, status: "x", limits: { any: 1 } },
    status: 200,
    json: { name: "tick", limits: {} },
    after: ({ json }, _w, expect) => expect(json).not.toHaveProperty("rules"),
  }),
  put({ name: "null is as good as absent", body: { parameters: null, limits: null, version: null }, status: 200 }),
  ...each(["/guest/pkg/feed", "pkg/feed", "feed", "/_/feed", "//a//b/"], (feed) =>
    put({ name: `with the feed ${feed}`, body: { annotations: [{ key: "feed", value: feed }] }, status: 200 }),
  ),
  ...each(["", "/", "a/-b", "x#", 1, null, true, ["feed"], {}] as const, (feed) =>
    put({
      name: `with the feed ${JSON.stringify(feed)}`,
      body: { annotations: [{ key: "feed", value: feed }] },
      status: 400,
      error: "Feed name is not valid",
      cors: true,
    }),
  ),
  put({ name: "an upsert", path: `${url}?overwrite=true`, status: 200, json: { version: "0.0.1" } }),
  put({
    name: "an upsert with a bad feed",
    path: `${url}?overwrite=true`,
    body: { annotations: [{ key: "feed", value: 1 }] },
    status: 400,
    error: "Feed name is not valid",
  }),
  put({ name: "that exists", given: [trigger], status: 409, error: "resource already exists", cors: true }),
  ...each([anAction, aPackage, aRule], (make) => {
    const entity = make({ name: named("tick") });
    return put({ name: `where a ${entity.entityType} is`, given: [entity], status: 409, error: ELSEWHERE });
  }),
]);

cases("§14.3 PUT that updates", [
  update({
    name: "nothing given: all but the version is kept",
    status: 200,
    exactly: { ...whole, version: "0.0.2", updated: expect.any(Number) },
  }),
  update({
    name: "each given field replaces",
    body: { parameters: [], annotations: [{ key: "m", value: 1 }], publish: true, version: "9.0.0" },
    status: 200,
    json: { parameters: [], annotations: [{ key: "m", value: 1 }], publish: true, version: "9.0.0" },
  }),
  update({
    name: "rules stay, whatever is sent",
    given: [ruled({ "guest/r": on() })],
    body: { rules: {}, parameters: [{ key: "a", value: 1 }] },
    status: 200,
    json: { rules: { "guest/r": { status: "active" } } },
  }),
  update({ name: "a feed is not looked at", body: { annotations: [{ key: "feed", value: 1 }] }, status: 200 }),
  update({ name: "a package", given: [aPackage({ name: named("tick") })], status: 409, error: ELSEWHERE }),
  update({
    name: "while another process writes it",
    before: ({ entities }) => overtake(entities, "guest/tick", 1),
    status: 409,
    error: "Concurrent modification to resource detected.",
  }),
]);

cases("§1.2 PUT: which complaint wins", [
  put({ name: "somebody else's before the body", path: "/namespaces/other/triggers/x", body: "{", status: 403 }),
  put({ name: "the content type", body: "{}", status: 415, cors: false }),
  put({ name: "no JSON", body: "{", headers: JSON_TYPE, status: 400, cors: false }),
  put({ name: "no body", body: undefined, headers: JSON_TYPE, status: 400, cors: false }),
  ...each(["parameters", "annotations"] as const, (field) =>
    put({ name: `bad ${field}`, body: { [field]: 1 }, status: 400, malformed: "parameters malformed!" }),
  ),
  ...each(["parameters", "annotations"] as const, (field) =>
    put({
      name: `${field} too large, before overwrite`,
      path: `${url}?overwrite=x`,
      body: { [field]: [{ key: "a", value: "x".repeat(100) }] },
      deps: { limits: { ...UPSTREAM_LIMITS, parametersBytes: 102 } },
      status: 413,
      error: `${field} larger than allowed: 103 > 102 bytes.`,
    }),
  ),
  put({
    name: "overwrite before the rest of the body",
    path: `${url}?overwrite=x`,
    body: { version: 1 },
    status: 400,
    query: ["overwrite", "'x' is not a valid Boolean value"],
  }),
  put({ name: "a bad version before what there is", given: [trigger], body: { version: 1 }, status: 400 }),
  put({ name: "bad limits", body: { limits: 1 }, status: 400, malformed: "Object expected in field 'limits'" }),
  put({
    name: "what there is before the feed",
    given: [trigger],
    body: { annotations: [{ key: "feed", value: 1 }] },
    status: 409,
    error: "resource already exists",
  }),
]);

cases("§14.3 DELETE", [
  del({ name: "what it was", given: [trigger], status: 200, cors: true, exactly: whole }),
  del({
    name: "with rules: they stay, and are inactive",
    given: [ruled({ "guest/tick-hello": on() }), aRule()],
    status: 200,
    json: { rules: { "guest/tick-hello": { status: "active" } } },
    after: async (_a, { entities, deps }, expect) => {
      expect(await entities.get("guest/tick-hello")).toBeDefined();
      expect(await deps.catalogue.entities.get("guest/tick")).toBeUndefined();
    },
  }),
  del({ name: "none", status: 404, error: NOT_FOUND, cors: true }),
  del({ name: "a rule", given: [aRule({ name: named("tick") })], status: 409, error: ELSEWHERE }),
  del({ name: "somebody else's", path: "/namespaces/other/triggers/x", status: 403, error: forbidden("other/x") }),
]);

cases("§14.1, §1.8 Lists of triggers", [
  list({
    name: "summaries, newest first",
    given: [
      { ...trigger, updated: 1 },
      ruled({ "guest/r": on() }, { name: named("tock"), updated: 2 }),
      aTrigger({ namespace: "other" }),
      anAction(),
    ],
    status: 200,
    cors: true,
    exactly: [
      { namespace: "guest", name: "tock", version: "0.0.1", publish: false, annotations: [], updated: 2 },
      {
        namespace: "guest",
        name: "tick",
        version: "0.0.1",
        publish: false,
        annotations: trigger.annotations,
        updated: 1,
      },
    ],
  }),
  list({ name: "empty, with a slash", path: "/namespaces/_/triggers/", status: 200, exactly: [] }),
  list({
    name: "counted",
    path: "/namespaces/_/triggers?count=true&limit=1",
    given: [trigger, aTrigger({ name: named("tock") })],
    status: 200,
    exactly: { triggers: 2 },
  }),
  list({
    name: "somebody else's",
    path: "/namespaces/other/triggers",
    status: 403,
    error: forbidden("other"),
    cors: true,
  }),
  list({
    name: "somebody else's before the query",
    path: "/namespaces/other/triggers?limit=x",
    status: 403,
    error: forbidden("other"),
  }),
  list({
    name: "a bad limit",
    path: "/namespaces/_/triggers?limit=x",
    status: 400,
    query: ["limit", "The value 'x' is not an integer for triggers."],
  }),
]);

const active = [anAction(), ruled({ "guest/r": on() }, { parameters: trigger.parameters, version: "0.0.7" })];
const record = async ({ deps }: World, activationId: unknown): Promise<Activation | undefined> =>
  deps.activations.get("guest", String(activationId));
/** The log lines of the one record of a trigger. */
const logsOf = async (world: World, json: Record<string, unknown>): Promise<readonly string[]> =>
  (await record(world, json["activationId"]))?.logs ?? [];

cases("§14.4 Firing", [
  fire({
    name: "an active rule: the id, and a record",
    given: active,
    body: { b: "payload" },
    status: 202,
    cors: true,
    after: async ({ headers, json }, world, expect) => {
      expect(json).toEqual({ activationId: expect.stringMatching(/^[0-9a-f]{32}$/) });
      expect(headers["x-openwhisk-activation-id"]).toBe(json["activationId"]);
      const [message] = world.dispatcher.messages;
      expect(await record(world, json["activationId"])).toEqual({
        namespace: "guest",
        name: "tick",
        version: "0.0.7",
        subject: "guest-subject",
        activationId: json["activationId"],
        start: expect.any(Number),
        end: 0,
        response: { statusCode: 0, result: { b: "payload" } },
        logs: [
          `{"statusCode":0,"success":true,"activationId":"${message?.activationId}","rule":"guest/r","action":"guest/hello"}`,
        ],
        annotations: [],
        publish: false,
      });
    },
  }),
  fire({
    name: "the action is an ordinary call that nobody waits for",
    given: active,
    headers: { "X-Request-ID": "mine" },
    status: 202,
    after: (_a, { dispatcher, guest }, expect) => {
      expect(dispatcher.messages).toMatchObject([
        { blocking: false, user: guest, transid: "mine", action: { id: "guest/hello" }, initArgs: [] },
      ]);
      expect(dispatcher.messages[0]).not.toHaveProperty("cause");
    },
  }),
  fire({
    name: "arguments: trigger < headers < payload",
    given: [
      anAction({ parameters: [{ key: "d", value: "action" }] }),
      ruled(
        { "guest/r": on() },
        {
          parameters: ["a", "b", "d", "__ow_headers"].map((key) => ({ key, value: "trigger" })),
        },
      ),
    ],
    headers: { "X-Custom": "Yes" },
    body: { b: "payload", c: "payload" },
    status: 202,
    after: (_a, { dispatcher, guest }, expect) => {
      expect(dispatcher.messages[0]?.args).toEqual({
        a: "trigger",
        b: "payload",
        c: "payload",
        d: "trigger",
        __ow_headers: expect.objectContaining({ "x-custom": "Yes", authorization: basic(guest) }),
      });
    },
  }),
  fire({
    name: "a payload may even bring headers of its own",
    given: active,
    body: { __ow_headers: { mine: 1 } },
    status: 202,
    after: ({ json }, world, expect) => {
      expect(world.dispatcher.messages[0]?.args).toMatchObject({ __ow_headers: { mine: 1 } });
      expect(json).toHaveProperty("activationId");
    },
  }),
  fire({
    name: "without a body the result is {}",
    given: active,
    status: 202,
    after: async ({ json }, world, expect) =>
      expect((await record(world, json["activationId"]))?.response).toEqual({ statusCode: 0, result: {} }),
  }),
  fire({
    name: "the record as it is read: no end, no duration",
    given: active,
    status: 202,
    after: async ({ json }, world, expect) => {
      const found = await read(world, `/activations/${json["activationId"]}`);
      expect(Object.keys(found).sort()).toEqual(
        "activationId annotations logs name namespace publish response start subject version".split(" "),
      );
      expect(found["response"]).toEqual({ status: "success", success: true, result: {} });
    },
  }),
  fire({
    name: "no rule at all: no trace",
    given: [trigger],
    status: 204,
    text: "",
    cors: true,
    after: noTrace,
  }),
  fire({ name: "no rule any more", given: [ruled({})], status: 204, text: "", after: noTrace }),
  fire({
    name: "only inactive rules",
    given: [anAction(), ruled({ "guest/r": off(), "guest/q": off() })],
    body: { a: 1 },
    status: 204,
    text: "",
    after: noTrace,
  }),
  fire({
    name: "all rules are told of, active or not",
    given: [
      anAction(),
      ruled({ "guest/r1": off(), "guest/r2": on(), "guest/r3": on({ path: "guest", name: "none" }) }),
    ],
    status: 202,
    after: async ({ json }, world, expect) => {
      const [message] = world.dispatcher.messages;
      expect(await logsOf(world, json)).toEqual([
        `{"statusCode":1,"success":false,"error":"Rule 'guest/r1' is inactive, action 'guest/hello' was not activated.","rule":"guest/r1","action":"guest/hello"}`,
        `{"statusCode":0,"success":true,"activationId":"${message?.activationId}","rule":"guest/r2","action":"guest/hello"}`,
        `{"statusCode":1,"success":false,"error":"The requested resource does not exist.","rule":"guest/r3","action":"guest/none"}`,
      ]);
    },
  }),
  fire({
    name: "an action of a shared package",
    given: [
      aPackage({ namespace: "other", name: named("s"), publish: true }),
      anAction({ namespace: "other/s" }),
      ruled({ "guest/r": on({ path: "other/s", name: "hello" }) }),
    ],
    status: 202,
    after: async ({ json }, world, expect) => {
      expect(world.dispatcher.messages).toMatchObject([{ action: { id: "other/s/hello" }, user: world.guest }]);
      expect((await logsOf(world, json))[0]).toContain(`"rule":"guest/r","action":"other/s/hello"`);
    },
  }),
  fire({
    name: "an action through a binding",
    given: [
      aPackage({ namespace: "other", name: named("s"), publish: true }),
      aPackage({ name: named("bound"), binding: { namespace: named("other"), name: named("s") } }),
      anAction({ namespace: "other/s" }),
      ruled({ "guest/r": on({ path: "guest/bound", name: "hello" }) }),
    ],
    status: 202,
    after: async ({ json }, world, expect) => {
      expect(world.dispatcher.messages).toMatchObject([{ action: { id: "other/s/hello", binding: "guest/bound" } }]);
      expect((await logsOf(world, json))[0]).toContain(`"action":"guest/bound/hello"`);
    },
  }),
]);

/** A rule whose action cannot be run, and what the record says of it. */
const refused = (row: Row & { readonly statusCode: 1 | 3; readonly said: string; readonly action?: string }): Case => ({
  ...fire(row),
  after: async ({ json }, world, expect) => {
    const { statusCode, said: error, action = "guest/hello" } = row;
    expect(await logsOf(world, json)).toEqual([
      JSON.stringify({ statusCode, success: false, error, rule: "guest/r", action }),
    ]);
    const { logged } = world;
    expect(logged.filter(({ level }) => level === "error")).toHaveLength(statusCode === 3 ? 1 : 0);
  },
});
const foreign = ruled({ "guest/r": on({ path: "other", name: "hello" }) });
const packaged = ruled({ "guest/r": on({ path: "guest/p", name: "hello" }) });
const inForeign = ruled({ "guest/r": on({ path: "other/s", name: "hello" }) });
const refusing = (error: Error) => ({ before: ({ dispatcher }: World) => dispatcher.refuse(error) });
cases("§14.4 Firing: what keeps an action from running", [
  refused({
    name: "it is gone",
    given: [ruled({ "guest/r": on() })],
    status: 202,
    statusCode: 1,
    said: NOT_FOUND,
  }),
  refused({
    name: "it is no action any more",
    given: [aPackage({ name: named("hello") }), ruled({ "guest/r": on() })],
    status: 202,
    statusCode: 1,
    said: ELSEWHERE,
  }),
  refused({
    name: "its package is gone",
    given: [packaged],
    status: 202,
    statusCode: 1,
    said: NOT_FOUND,
    action: "guest/p/hello",
  }),
  refused({
    name: "it is somebody else's",
    given: [foreign, anAction({ namespace: "other" })],
    status: 202,
    statusCode: 1,
    said: forbidden("other/hello"),
    action: "other/hello",
  }),
  refused({
    name: "its package is not shared any more",
    given: [aPackage({ namespace: "other", name: named("s") }), anAction({ namespace: "other/s" }), inForeign],
    status: 202,
    statusCode: 1,
    said: forbidden("other/s"),
    action: "other/s/hello",
  }),
  refused({
    name: "its runtime is no longer supported",
    given: [anAction({ exec: { type: "code", kind: "aged:1", binary: false } }), ruled({ "guest/r": on() })],
    status: 202,
    statusCode: 1,
    said: "The 'aged:1' runtime is no longer supported. You may read and delete but not update or invoke this action.",
  }),
  refused({
    name: "the event overrides a final parameter",
    given: [
      anAction({ annotations: [{ key: "final", value: true }], parameters: [{ key: "a", value: 1 }] }),
      ruled({ "guest/r": on() }),
    ],
    body: { a: 2 },
    status: 202,
    statusCode: 1,
    said: "Request defines parameters that are not allowed (e.g., reserved properties).",
  }),
  fire({
    name: "with the trigger's parameters it is too much to be posted",
    given: [anAction(), ruled({ "guest/r": on() }, { parameters: [{ key: "p", value: "x".repeat(900) }] })],
    deps: { limits: { ...UPSTREAM_LIMITS, payloadBytes: 900 } },
    status: 202,
    after: async ({ json }, world, expect) => {
      expect(world.dispatcher.messages).toEqual([]);
      expect(await logsOf(world, json)).toEqual([
        expect.stringMatching(
          /^\{"statusCode":1,"success":false,"error":"Request larger than allowed: 1\d\d\d > 900 bytes\."/,
        ),
      ]);
    },
  }),
  refused({
    name: "it is refused in any other way",
    given: active,
    ...refusing(new BadRequest("no")),
    status: 202,
    statusCode: 1,
    said: "no",
  }),
  refused({
    name: "nobody can take it",
    given: active,
    ...refusing(new ServiceUnavailable()),
    status: 202,
    statusCode: 3,
    said: "The server is currently unavailable (because it is overloaded or down for maintenance).",
  }),
  refused({
    name: "a bug: what went wrong is the operator's to know",
    given: active,
    ...refusing(new TypeError("secret")),
    status: 202,
    statusCode: 3,
    said: "There was an internal server error.",
  }),
  refused({
    name: "it cannot be read",
    deps: brokenStore("guest/hello"),
    before: async ({ deps }) => void (await deps.entities.put(ruled({ "guest/r": on() }), undefined, "none")),
    status: 202,
    statusCode: 3,
    said: "Resource is corrupted and cannot be read.",
  }),
]);

cases("§14.4, §1.2 Firing: what is refused", [
  fire({ name: "none", status: 404, error: NOT_FOUND, cors: true }),
  fire({ name: "a rule", given: [aRule({ name: named("tick") })], status: 409, error: ELSEWHERE, cors: true }),
  fire({
    name: "somebody else's",
    path: "/namespaces/other/triggers/tick",
    given: [ruled({ "other/r": on() }, { namespace: "other" })],
    body: "{",
    status: 403,
    error: forbidden("other/tick"),
    cors: true,
  }),
  ...each([[1], "1", "null", '"x"'] as const, (body) =>
    fire({
      name: `${JSON.stringify(body)} as payload`,
      given: active,
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: JSON_TYPE,
      status: 400,
      malformed: "JSON object expected",
      cors: false,
    }),
  ),
  fire({ name: "no JSON", given: active, body: "{", headers: JSON_TYPE, status: 400, cors: false }),
  fire({ name: "another content type", given: active, body: "a=1", status: 415, cors: false }),
  fire({
    name: "an empty body with another content type",
    given: active,
    headers: { "Content-Type": "text/plain" },
    status: 415,
  }),
  fire({ name: "an empty body declared as JSON", given: active, headers: JSON_TYPE, status: 202 }),
  fire({
    name: "too large, before its content type",
    given: active,
    deps: { limits: { ...UPSTREAM_LIMITS, payloadBytes: 9 } },
    body: '{"a":"xy"}',
    status: 413,
    error: "Request larger than allowed: 10 > 9 bytes.",
    cors: true,
  }),
  fire({
    name: "as large as may be",
    given: [ruled({ "guest/r": off() })],
    deps: { limits: { ...UPSTREAM_LIMITS, payloadBytes: 10 } },
    body: { a: "xy" },
    status: 204,
  }),
  fire({
    name: "the body before what there is",
    body: "{",
    headers: JSON_TYPE,
    status: 400,
  }),
  fire({ name: "no credentials", as: "nobody", given: active, status: 401 }),
  fire({ name: "with a slash", path: `${url}/`, given: active, status: 404, error: ROUTE_NOT_FOUND }),
]);

cases("§14.4 Firing: the record", [
  fire({
    name: "none where the namespace keeps none; the actions run all the same",
    given: active,
    before: ({ subjects }) => subjects.putLimits("guest", { storeActivations: false }),
    status: 202,
    after: async ({ json }, world, expect) => {
      expect(world.dispatcher.messages).toHaveLength(1);
      expect(await record(world, json["activationId"])).toBeUndefined();
    },
  }),
  fire({
    name: "that cannot be kept: nobody is told an id",
    given: active,
    deps: {
      activations: {
        ...memoryActivationStore(),
        put: async () => {
          throw new Error("disk full");
        },
      },
    },
    status: 500,
    unlabelled: true,
    text: "There was an internal server error.",
  }),
  fire({
    name: "is found by the trigger's name",
    given: active,
    status: 202,
    after: async ({ json }, world, expect) => {
      const found = await read(world, "/activations?name=tick");
      expect(found).toMatchObject([{ activationId: json["activationId"], name: "tick" }]);
      for (const absent of ["end", "duration", "cause"]) expect(found[0]).not.toHaveProperty(absent);
    },
  }),
]);

async function noTrace(_answer: unknown, world: World, expects: typeof expect): Promise<void> {
  expects(world.dispatcher.messages).toEqual([]);
  expects(await world.deps.activations.count({ namespace: "guest" })).toBe(0);
}
