import { type EntityName, UPSTREAM_LIMITS } from "@meringue/core";
import { anAction, aPackage, aRule, aTrigger } from "@meringue/testkit";
import { expect } from "vitest";
import { ask, read } from "./ask.ts";
import { brokenStore } from "./broken-store.ts";
import { type Case, cases, each } from "./cases.ts";
import { overtake } from "./overtake.ts";
import type { World } from "./world.ts";

const named = (name: string) => name as EntityName;
const NOT_FOUND = "The requested resource does not exist.";
const ELSEWHERE = "Resource by this name exists but is not in this collection.";
const RACE = "Concurrent modification to resource detected.";
const forbidden = (name: string) => `The supplied authentication is not authorized to access '${name}'.`;
const JSON_TYPE = { "Content-Type": "application/json" };

const url = "/namespaces/_/rules/r";
const id = "guest/r";
const hello = { path: "guest", name: "hello" };
const tick = { path: "guest", name: "tick" };
const rule = aRule({ name: named("r"), annotations: [{ key: "n", value: 1 }] });
const linked = (status: "active" | "inactive", over = {}) =>
  aTrigger({ version: "0.0.3", rules: { [id]: { action: hello, status } }, ...over });
const active = [anAction(), linked("active"), rule];
const inactive = [anAction(), linked("inactive"), rule];
const body = { trigger: "/_/tick", action: "/_/hello" };

type Row = Partial<Case> & Pick<Case, "name" | "status">;
const get = (row: Row): Case => ({ path: url, ...row });
const create = (row: Row): Case => ({ method: "PUT", path: url, body, given: [anAction(), aTrigger()], ...row });
const update = (row: Row): Case => ({ method: "PUT", path: `${url}?overwrite=true`, body: {}, given: active, ...row });
const del = (row: Row): Case => ({ method: "DELETE", path: url, given: active, ...row });
const list = (row: Row): Case => ({ path: "/namespaces/_/rules", ...row });
const post = (row: Row): Case => ({ method: "POST", path: url, given: active, ...row });
const enable = (row: Row): Case => post({ body: { status: "active" }, given: inactive, ...row });
const disable = (row: Row): Case => post({ body: { status: "inactive" }, ...row });

/** What triggers say of the rule afterwards: `tick: active`. */
const links =
  (expected: Readonly<Record<string, string | undefined>>): NonNullable<Case["after"]> =>
  async (_answer, world, expect) => {
    for (const [name, status] of Object.entries(expected)) {
      const { rules } = (await read(world, `/triggers/${name}`)) as { rules?: Record<string, { status: string }> };
      expect(rules?.[id]?.status, name).toBe(status);
    }
  };
const stored = async ({ entities }: World, entity: string) => (await entities.get(entity))?.entity;

const whole = {
  namespace: "guest",
  name: "r",
  trigger: tick,
  action: hello,
  version: "0.0.1",
  publish: false,
  annotations: rule.annotations,
  updated: rule.updated,
};

cases("§15.2 GET of a rule", [
  get({ name: "active", given: active, status: 200, cors: true, exactly: { ...whole, status: "active" } }),
  get({ name: "inactive", given: inactive, status: 200, json: { status: "inactive" } }),
  get({ name: "whose trigger is gone", given: [rule], status: 200, json: { status: "inactive" } }),
  get({ name: "that its trigger does not know", given: [rule, aTrigger()], status: 200, json: { status: "inactive" } }),
  get({
    name: "whose trigger is something else now",
    given: [rule, aPackage({ name: named("tick") })],
    status: 200,
    json: { status: "inactive" },
  }),
  get({ name: "none", status: 404, error: NOT_FOUND, cors: true }),
  ...each([anAction, aPackage, aTrigger], (make) => {
    const entity = make({ name: named("r") });
    return get({ name: `that is a ${entity.entityType}`, given: [entity], status: 409, error: ELSEWHERE, cors: true });
  }),
  get({
    name: "somebody else's",
    path: "/namespaces/other/rules/r",
    given: [aRule({ namespace: "other", name: named("r"), publish: true })],
    status: 403,
    error: forbidden("other/r"),
    cors: true,
  }),
  get({ name: "unreadable", deps: brokenStore(id), status: 500, error: "Resource is corrupted and cannot be read." }),
  get({ name: "a bad name", path: "/namespaces/_/rules/-x", status: 400, cors: false }),
  get({ name: "no credentials", as: "nobody", status: 401 }),
]);

cases("§15.3 PUT that creates", [
  create({
    name: "is active, and says so",
    status: 200,
    cors: true,
    exactly: { ...whole, annotations: [], status: "active", updated: expect.any(Number) },
    after: links({ tick: "active" }),
  }),
  create({
    name: "as the old command line sends it",
    body: { name: "r", status: "", ...body },
    status: 200,
    json: { status: "active" },
  }),
  create({
    name: "a status that is sent means nothing",
    body: { ...body, status: "inactive" },
    status: 200,
    json: { status: "active" },
  }),
  create({
    name: "with everything",
    body: { ...body, version: "1.0.0", publish: true, annotations: [{ key: "a", value: 1 }] },
    status: 200,
    json: { version: "1.0.0", publish: true, annotations: [{ key: "a", value: 1 }] },
  }),
  create({
    name: "with overwrite where there is none",
    path: `${url}?overwrite=true`,
    status: 200,
    json: { version: "0.0.1", status: "active" },
  }),
  create({
    name: "leaves the trigger's version and time alone, and its other rules",
    given: [anAction(), aTrigger({ version: "0.0.3", rules: { "guest/q": { action: hello, status: "inactive" } } })],
    status: 200,
    after: async (_a, world, expect) =>
      expect(await read(world, "/triggers/tick")).toMatchObject({
        version: "0.0.3",
        updated: rule.updated,
        rules: { "guest/q": { action: hello, status: "inactive" }, [id]: { action: hello, status: "active" } },
      }),
  }),
  create({
    name: "the next event runs the action",
    status: 200,
    before: async (world) => void (await ask(world, "POST", "/triggers/tick")),
    after: async (_a, world, expect) => {
      expect((await ask(world, "POST", "/triggers/tick")).status).toBe(202);
      expect(world.dispatcher.messages).toHaveLength(1);
    },
  }),
  ...each(
    ["/_/tick", "_/tick", "/guest/tick", "guest/tick", "//guest//tick/", tick, { path: "_", name: "tick" }],
    (trigger) =>
      create({
        name: `trigger ${JSON.stringify(trigger)}`,
        body: { ...body, trigger },
        status: 200,
        json: { trigger: tick },
      }),
  ),
  ...each(["/_/p/hello", "guest/p/hello", { path: "_/p", name: "hello" }], (action) =>
    create({
      name: `action ${JSON.stringify(action)}`,
      given: [aTrigger(), aPackage({ name: named("p") }), anAction({ namespace: "guest/p" })],
      body: { ...body, action },
      status: 200,
      json: { action: { path: "guest/p", name: "hello" } },
    }),
  ),
  create({
    name: "version and binding of a reference come back",
    body: { ...body, action: { ...hello, version: "1", binding: "guest/b" } },
    status: 200,
    json: { action: { ...hello, version: "1.0.0", binding: "guest/b" } },
  }),
  create({
    name: "an action of a shared package",
    given: [
      aTrigger(),
      aPackage({ namespace: "other", name: named("s"), publish: true }),
      anAction({ namespace: "other/s" }),
    ],
    body: { ...body, action: "/other/s/hello" },
    status: 200,
    json: { action: { path: "other/s", name: "hello" } },
  }),
  create({
    name: "an action through a binding: the name is kept as it was given",
    given: [
      aTrigger(),
      aPackage({ namespace: "other", name: named("s"), publish: true }),
      aPackage({ name: named("b"), binding: { namespace: named("other"), name: named("s") } }),
      anAction({ namespace: "other/s" }),
    ],
    body: { ...body, action: "/_/b/hello" },
    status: 200,
    json: { action: { path: "guest/b", name: "hello" } },
    after: async (_a, world, expect) =>
      expect((await read(world, "/triggers/tick"))["rules"]).toEqual({
        [id]: { action: { path: "guest/b", name: "hello" }, status: "active" },
      }),
  }),
  create({
    name: "takes over what a trigger has kept of one of that name",
    given: [anAction(), linked("inactive")],
    status: 200,
    json: { status: "active" },
    after: links({ tick: "active" }),
  }),
]);

const NEEDS_BOTH = "rule requires a valid trigger and a valid action";
cases("§15.3 PUT that creates: what is refused", [
  create({ name: "neither", body: {}, status: 400, error: NEEDS_BOTH, cors: true }),
  create({ name: "no action", body: { trigger: "/_/tick" }, status: 400, error: NEEDS_BOTH }),
  create({ name: "no trigger", body: { action: "/_/hello", trigger: null }, status: 400, error: NEEDS_BOTH }),
  create({
    name: "a missing trigger, and no action either",
    given: [],
    status: 400,
    error: "trigger /guest/tick does not exist",
    cors: true,
    after: async (_a, world, expect) => expect(await stored(world, id)).toBeUndefined(),
  }),
  create({
    name: "a missing action",
    given: [aTrigger()],
    status: 400,
    error: "action /guest/hello does not exist",
    cors: true,
    after: links({ tick: undefined }),
  }),
  create({
    name: "a missing action in a package",
    given: [aTrigger(), aPackage({ name: named("p") })],
    body: { ...body, action: "/_/p/none" },
    status: 400,
    error: "action /guest/p/none does not exist",
  }),
  create({
    name: "a missing action behind a binding",
    given: [
      aTrigger(),
      aPackage({ namespace: "other", name: named("s"), publish: true }),
      aPackage({ name: named("b"), binding: { namespace: named("other"), name: named("s") } }),
    ],
    body: { ...body, action: "/_/b/none" },
    status: 400,
    error: "action /guest/b/none does not exist",
  }),
  create({
    name: "a trigger that is something else",
    given: [anAction(), aPackage({ name: named("tick") })],
    status: 400,
    error: "trigger /guest/tick does not exist",
  }),
  create({
    name: "an action that is something else",
    given: [aTrigger(), aPackage({ name: named("hello") })],
    status: 400,
    error: "action /guest/hello does not exist",
  }),
  create({ name: "itself as its trigger", body: { ...body, trigger: "/_/r" }, status: 400 }),
  create({
    name: "a trigger in a package",
    body: { ...body, trigger: "/_/p/tick" },
    status: 400,
    error: "trigger /guest/p/tick does not exist",
  }),
  create({
    name: "an unreadable trigger",
    deps: brokenStore("guest/tick"),
    given: [],
    status: 400,
    error: "Resource is corrupted and cannot be read.",
  }),
  create({
    name: "somebody else's trigger",
    body: { ...body, trigger: "/other/t" },
    status: 403,
    error: forbidden("other/t"),
    cors: true,
  }),
  create({
    name: "somebody else's trigger and action",
    body: { trigger: "/other/t", action: "/other/a" },
    status: 403,
    error: forbidden("other/a, other/t"),
  }),
  create({
    name: "somebody else's action, before the trigger that is missing",
    given: [],
    body: { ...body, action: "/other/a" },
    status: 403,
    error: forbidden("other/a"),
  }),
  create({
    name: "an action of a private package: only the package is named",
    given: [aPackage({ namespace: "other", name: named("s") }), anAction({ namespace: "other/s" })],
    body: { trigger: "/other/t", action: "/other/s/hello" },
    status: 403,
    error: forbidden("other/s"),
  }),
  create({
    name: "an action of one's own package that is missing",
    body: { ...body, action: "/_/p/hello" },
    status: 404,
    error: NOT_FOUND,
    cors: true,
  }),
  create({
    name: "an action of what is no package",
    given: [aTrigger()],
    body: { ...body, action: "/_/tick/hello" },
    status: 409,
    error: ELSEWHERE,
  }),
  create({ name: "one that exists", given: active, status: 409, error: "resource already exists", cors: true }),
  create({
    name: "one that exists, before what it ties together",
    given: [rule],
    status: 409,
    error: "resource already exists",
  }),
  ...each([anAction, aPackage, aTrigger], (make) => {
    const entity = make({ name: named("r") });
    return create({
      name: `where a ${entity.entityType} is`,
      given: [entity, anAction(), aTrigger()],
      status: 409,
      error: ELSEWHERE,
    });
  }),
  create({
    name: "somebody else's namespace",
    path: "/namespaces/other/rules/r",
    body: "{",
    status: 403,
    error: forbidden("other/r"),
    cors: true,
  }),
  create({
    name: "a name of one part",
    body: { ...body, trigger: "tick" },
    status: 400,
    malformed:
      "requirement failed: The fully qualified name of the entity must contain at least the namespace and the name of the entity.",
    cors: false,
  }),
  create({
    name: "a name with what no name may have",
    body: { ...body, action: "/_/x#" },
    status: 400,
    malformed: "requirement failed: path contains invalid parts _, x#",
  }),
  ...each([1, true, [], {}, { path: "guest" }, { path: "guest", name: "x#" }], (trigger) =>
    create({
      name: `${JSON.stringify(trigger)} as trigger`,
      body: { ...body, trigger },
      status: 400,
      malformed: "fully qualified name malformed",
    }),
  ),
  create({
    name: "others write its trigger again and again: there is no rule then",
    before: ({ entities }) => overtake(entities, "guest/tick", 5),
    status: 409,
    error: RACE,
    cors: true,
    after: async (answer, world, expect) => {
      expect(await stored(world, id)).toBeUndefined();
      await links({ tick: undefined })(answer, world, expect);
    },
  }),
  create({ name: "the content type", body: "{}", status: 415, cors: false }),
  create({ name: "no JSON", body: "{", headers: JSON_TYPE, status: 400, cors: false }),
  create({ name: "no body", body: undefined, headers: JSON_TYPE, status: 400 }),
  create({
    name: "bad annotations",
    body: { ...body, annotations: {} },
    status: 400,
    malformed: "parameters malformed!",
  }),
  create({ name: "bad parameters, though a rule has none", body: { ...body, parameters: {} }, status: 400 }),
  ...each(["parameters", "annotations"] as const, (field) =>
    create({
      name: `${field} too large, before overwrite`,
      path: `${url}?overwrite=x`,
      body: { ...body, [field]: [{ key: "a", value: "x".repeat(100) }] },
      deps: { limits: { ...UPSTREAM_LIMITS, parametersBytes: 102 } },
      status: 413,
      error: `${field} larger than allowed: 103 > 102 bytes.`,
    }),
  ),
  create({
    name: "overwrite, before the names",
    path: `${url}?overwrite=x`,
    body: { trigger: 1 },
    status: 400,
    query: ["overwrite", "'x' is not a valid Boolean value"],
  }),
  create({
    name: "a bad version",
    body: { ...body, version: "x" },
    status: 400,
    malformed: "semantic version malformed",
  }),
]);

const tock = aTrigger({ name: named("tock") });
const other = anAction({ name: named("other") });
cases("§15.3 PUT that updates", [
  update({
    name: "nothing given: all but the version is kept, also its status",
    status: 200,
    exactly: { ...whole, version: "0.0.2", status: "active", updated: expect.any(Number) },
    after: links({ tick: "active" }),
  }),
  update({ name: "annotations replace", body: { annotations: [] }, status: 200, json: { annotations: [] } }),
  update({
    name: "an inactive one stays so",
    given: inactive,
    status: 200,
    json: { status: "inactive" },
    after: links({ tick: "inactive" }),
  }),
  update({
    name: "another action",
    given: [...active, other],
    body: { action: "/_/other" },
    status: 200,
    json: { status: "active", action: { path: "guest", name: "other" } },
    after: async (_a, world, expect) =>
      expect(await stored(world, "guest/tick")).toMatchObject({
        version: "0.0.3",
        updated: rule.updated,
        rules: { [id]: { action: { path: "guest", name: "other" }, status: "active" } },
      }),
  }),
  ...each(["active", "inactive"] as const, (status) =>
    update({
      name: `another trigger: the link moves, ${status} as it was`,
      given: [anAction(), linked(status), tock, rule],
      body: { trigger: "/_/tock" },
      status: 200,
      json: { status, trigger: { path: "guest", name: "tock" } },
      after: async (answer, world, expect) => {
        await links({ tick: undefined, tock: status })(answer, world, expect);
        expect(await read(world, "/triggers/tick")).toMatchObject({ rules: {} });
      },
    }),
  ),
  update({
    name: "another trigger, the old one gone: inactive",
    given: [anAction(), tock, rule],
    body: { trigger: "/_/tock" },
    status: 200,
    json: { status: "inactive" },
    after: links({ tock: "inactive" }),
  }),
  update({
    name: "not linked in its trigger: inactive",
    given: [anAction(), aTrigger(), rule],
    status: 200,
    json: { status: "inactive" },
    after: links({ tick: "inactive" }),
  }),
  update({
    name: "its trigger is gone",
    given: [anAction(), rule],
    status: 400,
    error: "trigger /guest/tick does not exist",
  }),
  update({
    name: "its action is gone",
    given: [linked("active"), rule],
    status: 400,
    error: "action /guest/hello does not exist",
    after: links({ tick: "active" }),
  }),
  update({
    name: "the package of its action is gone: not what the caller asked for, so no 404",
    given: [linked("active"), { ...rule, action: { path: "guest/p", name: "x" } }],
    status: 400,
    error: "action /guest/p/x does not exist",
  }),
  update({
    name: "a new trigger that is not there: nothing is moved",
    body: { trigger: "/_/none" },
    status: 400,
    error: "trigger /guest/none does not exist",
    after: links({ tick: "active" }),
  }),
  update({ name: "a trigger of that name", given: [aTrigger({ name: named("r") })], status: 409, error: ELSEWHERE }),
  update({ name: "without overwrite", path: url, status: 409, error: "resource already exists" }),
  update({
    name: "its trigger is written by others at the same time",
    given: inactive,
    before: ({ entities }) => overtake(entities, "guest/tick", 3),
    status: 200,
    after: links({ tick: "inactive" }),
  }),
]);

cases("§15.4 Switching on and off", [
  enable({ name: "on", status: 200, text: "OK", cors: true, after: links({ tick: "active" }) }),
  disable({ name: "off", status: 200, text: "OK", cors: true, after: links({ tick: "inactive" }) }),
  enable({
    name: "on: text, not JSON",
    status: 200,
    answerHeaders: { "content-type": "text/plain; charset=UTF-8" },
  }),
  enable({ name: "on, which it is", given: active, status: 200, text: "OK", after: links({ tick: "active" }) }),
  disable({ name: "off, which it is", given: inactive, status: 200, text: "OK", after: links({ tick: "inactive" }) }),
  enable({
    name: "as the command line sends it",
    body: { status: "active", trigger: null, action: null },
    status: 200,
    text: "OK",
  }),
  enable({ name: "spaces around do not count", body: { status: " active\n" }, status: 200, text: "OK" }),
  enable({
    name: "neither rule nor trigger count as changed",
    status: 200,
    after: async (_a, world, expect) => {
      expect(await read(world, "/rules/r")).toMatchObject({ version: "0.0.1", updated: rule.updated });
      expect(await read(world, "/triggers/tick")).toMatchObject({ version: "0.0.3", updated: rule.updated });
    },
  }),
  enable({
    name: "a rule that its trigger does not know: repaired",
    given: [rule, aTrigger()],
    status: 200,
    text: "OK",
    after: links({ tick: "active" }),
  }),
  disable({
    name: "a rule that its trigger does not know: it is off already",
    given: [rule, aTrigger()],
    status: 200,
    text: "OK",
    after: links({ tick: undefined }),
  }),
  enable({
    name: "whether the action exists is not asked",
    given: [rule, linked("inactive")],
    status: 200,
    text: "OK",
  }),
  enable({
    name: "on, the trigger is gone",
    given: [rule],
    status: 404,
    error: "Only rules with existing triggers can be activated",
    cors: true,
  }),
  enable({
    name: "on, the trigger is something else now",
    given: [rule, aPackage({ name: named("tick") })],
    status: 404,
    error: "Only rules with existing triggers can be activated",
  }),
  disable({ name: "off, the trigger is gone", given: [rule], status: 200, text: "OK" }),
  enable({ name: "none", given: [], status: 404, error: NOT_FOUND, cors: true }),
  enable({ name: "a trigger", given: [aTrigger({ name: named("r") })], status: 409, error: ELSEWHERE }),
  enable({
    name: "somebody else's",
    path: "/namespaces/other/rules/r",
    body: "{",
    status: 403,
    error: forbidden("other/r"),
    cors: true,
  }),
  enable({
    name: "other writers of the trigger are waited for",
    before: ({ entities }) => overtake(entities, "guest/tick", 4),
    status: 200,
    text: "OK",
    after: links({ tick: "active" }),
  }),
  enable({
    name: "but not for ever",
    before: ({ entities }) => overtake(entities, "guest/tick", 5),
    status: 409,
    error: RACE,
    cors: true,
    after: links({ tick: "inactive" }),
  }),
  enable({
    name: "the trigger cannot be read",
    deps: brokenStore("guest/tick"),
    given: [],
    before: async ({ deps }) => void (await deps.entities.put(rule, undefined, "none")),
    status: 500,
    error: "Resource is corrupted and cannot be read.",
  }),
]);

cases("§15.4 Switching: bodies", [
  ...each([{}, { Status: "active" }], (sent) =>
    post({
      name: `no status in ${JSON.stringify(sent)}`,
      body: sent,
      given: [],
      status: 400,
      malformed: "key not found: status",
      cors: false,
    }),
  ),
  ...each(["Active", "on", "activating", "x y"], (status) =>
    post({
      name: `status ${status}`,
      body: { status },
      status: 400,
      malformed: `requirement failed: ${status} is not a recognized rule state`,
      cors: false,
    }),
  ),
  ...each(["", "  "], (status) =>
    post({
      name: `blank status ${JSON.stringify(status)}`,
      body: { status },
      status: 400,
      malformed: "requirement failed: argument undefined",
    }),
  ),
  ...each([null, 1, true, [], {}] as const, (status) =>
    post({
      name: `status ${JSON.stringify(status)}`,
      body: { status },
      status: 400,
      error: /^The request content was malformed:\n/,
    }),
  ),
  ...each(["{", "[]", "1", '"active"', "null"], (text) =>
    post({ name: `${text} as body`, body: text, headers: JSON_TYPE, status: 400, cors: false }),
  ),
  post({ name: "an empty body", headers: JSON_TYPE, status: 400, cors: false }),
  post({ name: "no body at all", status: 400 }),
  post({ name: "another content type", body: "status=active", status: 415, cors: false }),
  post({ name: "no credentials", as: "nobody", status: 401 }),
]);

cases("§15.5 DELETE", [
  del({
    name: "an active one: what it was, inactive",
    status: 200,
    cors: true,
    exactly: { ...whole, status: "inactive" },
    after: async (_a, world, expect) => {
      expect(await stored(world, id)).toBeUndefined();
      expect(await read(world, "/triggers/tick")).toMatchObject({ rules: {}, version: "0.0.3", updated: rule.updated });
    },
  }),
  del({ name: "an inactive one", given: inactive, status: 200, after: links({ tick: undefined }) }),
  del({
    name: "leaves the trigger's other rules",
    given: [
      rule,
      aTrigger({
        rules: { [id]: { action: hello, status: "active" }, "guest/q": { action: hello, status: "active" } },
      }),
    ],
    status: 200,
    after: async (_a, world, expect) =>
      expect(await read(world, "/triggers/tick")).toHaveProperty("rules", {
        "guest/q": { action: hello, status: "active" },
      }),
  }),
  del({ name: "one whose trigger is gone", given: [rule], status: 200, json: { status: "inactive" } }),
  del({ name: "none", given: [], status: 404, error: NOT_FOUND, cors: true }),
  del({ name: "a package", given: [aPackage({ name: named("r") })], status: 409, error: ELSEWHERE, cors: true }),
  del({ name: "somebody else's", path: "/namespaces/other/rules/r", status: 403, error: forbidden("other/r") }),
  del({
    name: "others write its trigger again and again",
    before: ({ entities }) => overtake(entities, "guest/tick", 5),
    status: 409,
    error: RACE,
    after: async (_a, world, expect) => expect(await stored(world, id)).toBeDefined(),
  }),
]);

cases("§15.1, §1.8 Lists of rules", [
  list({
    name: "whole but for the status, newest first",
    given: [
      linked("active"),
      { ...rule, updated: 1 },
      aRule({ name: named("q"), updated: 2 }),
      aRule({ namespace: "other" }),
    ],
    status: 200,
    cors: true,
    exactly: [
      { ...whole, name: "q", annotations: [], updated: 2 },
      { ...whole, updated: 1 },
    ],
  }),
  list({ name: "empty, with a slash", path: "/namespaces/_/rules/", status: 200, exactly: [] }),
  list({ name: "counted", path: "/namespaces/_/rules?count=true", given: [rule], status: 200, exactly: { rules: 1 } }),
  list({ name: "somebody else's", path: "/namespaces/other/rules", status: 403, error: forbidden("other") }),
  list({
    name: "a bad skip",
    path: "/namespaces/_/rules?skip=x",
    status: 400,
    query: ["skip", "The value 'x' is not an integer for rules."],
  }),
]);
