import { type EntityName, NotFound, UPSTREAM_LIMITS } from "@meringue/core";
import { anAction, aPackage, aRule, aTrigger } from "@meringue/testkit";
import { expect } from "vitest";
import { brokenStore } from "./broken-store.ts";
import { type Case, cases, each } from "./cases.ts";

const named = (name: string) => name as EntityName;
const NOT_FOUND = "The requested resource does not exist.";
const ELSEWHERE = "Resource by this name exists but is not in this collection.";
const ROUTE_NOT_FOUND = "The requested resource could not be found.";
const forbidden = (name: string) => `The supplied authentication is not authorized to access '${name}'.`;
const CIRCLE = (name: string) => `Package binding '${name}' contains a circular reference.`;

const url = "/namespaces/_/packages/pkg";
const keyValue = (key: string, value: unknown) => ({ key, value: value as never });
const pkg = aPackage({ parameters: [keyValue("a", 1), keyValue("b", 1)], annotations: [keyValue("note", "x")] });
const shared = aPackage({
  namespace: "other",
  name: named("s"),
  publish: true,
  parameters: [keyValue("a", "provider"), keyValue("b", "provider")],
});
const secret = aPackage({ namespace: "other", name: named("secret") });
const bindingTo = (namespace: string, name: string) => ({ namespace: named(namespace), name: named(name) });
const bound = aPackage({
  name: named("bound"),
  version: "0.0.4",
  binding: bindingTo("other", "s"),
  annotations: [keyValue("binding", bindingTo("other", "s"))],
  parameters: [keyValue("b", "binding")],
});
const boundUrl = "/namespaces/_/packages/bound";
const inPackage = (path: string, name: string, over = {}) => anAction({ namespace: path, name: named(name), ...over });
const feed = { annotations: [keyValue("feed", null), keyValue("provide-api-key", false)] };

const JSON_TYPE = { "Content-Type": "application/json" };

type Row = Partial<Case> & Pick<Case, "name" | "status">;
const get = (row: Row): Case => ({ path: url, ...row });
const put = (row: Row): Case => ({ method: "PUT", path: url, body: {}, ...row });
const update = (row: Row): Case => put({ path: `${url}?overwrite=true`, given: [pkg], ...row });
const del = (row: Row): Case => ({ method: "DELETE", path: url, ...row });
const list = (row: Row): Case => ({ path: "/namespaces/_/packages", ...row });

cases("§13.2 GET of a package", [
  get({
    name: "whole",
    given: [
      pkg,
      inPackage("guest/pkg", "one", { updated: 1 }),
      inPackage("guest/pkg", "two", { updated: 2, version: "1.0.0" }),
      inPackage("guest/pkg", "source", feed),
      anAction(),
    ],
    status: 200,
    cors: true,
    exactly: {
      namespace: "guest",
      name: "pkg",
      version: "0.0.1",
      publish: false,
      annotations: pkg.annotations,
      parameters: pkg.parameters,
      updated: pkg.updated,
      binding: {},
      actions: [
        { name: "two", version: "1.0.0", annotations: [{ key: "provide-api-key", value: false }] },
        { name: "one", version: "0.0.1", annotations: [{ key: "provide-api-key", value: false }] },
      ],
      feeds: [{ name: "source", version: "0.0.1", annotations: feed.annotations }],
    },
  }),
  get({ name: "empty", given: [pkg], status: 200, json: { actions: [], feeds: [] } }),
  get({
    name: "with more actions than a list shows",
    given: [pkg, ...Array.from({ length: 230 }, (_, index) => inPackage("guest/pkg", `a${index}`))],
    status: 200,
    after: ({ json }, _world, expect) => expect(json["actions"]).toHaveLength(230),
  }),
  get({
    name: "a binding: its own head, its provider's actions, parameters of both",
    path: boundUrl,
    given: [shared, bound, inPackage("other/s", "one")],
    status: 200,
    exactly: {
      namespace: "guest",
      name: "bound",
      version: "0.0.4",
      publish: false,
      annotations: bound.annotations,
      parameters: [
        { key: "a", value: "provider" },
        { key: "b", value: "binding" },
      ],
      updated: bound.updated,
      binding: { namespace: "other", name: "s" },
      actions: [{ name: "one", version: "0.0.1", annotations: [{ key: "provide-api-key", value: false }] }],
      feeds: [],
    },
  }),
  get({
    name: "a shared one of somebody else",
    path: "/namespaces/other/packages/s",
    given: [shared, inPackage("other/s", "one")],
    status: 200,
    json: { namespace: "other", actions: [{ name: "one" }] },
  }),
  get({
    name: "none",
    status: 404,
    error: "The requested resource 'guest/pkg' does not exist.",
    cors: true,
  }),
  get({ name: "default", path: "/namespaces/_/packages/default", status: 404 }),
  ...each([anAction, aTrigger, aRule], (make) => {
    const entity = make({ name: named("pkg") });
    return get({ name: `that is a ${entity.entityType}`, given: [entity], status: 409, error: ELSEWHERE });
  }),
  get({
    name: "a private one of somebody else",
    path: "/namespaces/other/packages/secret",
    given: [secret],
    status: 403,
    error: forbidden("other/secret"),
    cors: true,
  }),
  get({
    name: "somebody else's that is not there",
    path: "/namespaces/other/packages/none",
    status: 403,
    error: forbidden("other/none"),
  }),
  get({
    name: "somebody else's that is no package",
    path: "/namespaces/other/packages/tick",
    given: [aTrigger({ namespace: "other" })],
    status: 403,
    error: forbidden("other/tick"),
  }),
  get({
    name: "somebody else's binding, though it says that it is shared",
    path: "/namespaces/guest/packages/bound",
    as: "other",
    given: [shared, { ...bound, publish: true }],
    status: 403,
    error: forbidden("guest/bound"),
  }),
  get({
    name: "a binding whose provider is private now",
    path: boundUrl,
    given: [{ ...shared, publish: false }, bound],
    status: 403,
    error: forbidden("guest/bound"),
  }),
  get({ name: "a binding whose provider is gone", path: boundUrl, given: [bound], status: 403 }),
  get({
    name: "a binding whose provider was one's own and is gone",
    given: [aPackage({ binding: bindingTo("guest", "gone") })],
    status: 404,
    error: "The requested resource 'guest/pkg' does not exist.",
  }),
  get({
    name: "a binding to itself",
    given: [aPackage({ binding: bindingTo("guest", "pkg") })],
    status: 422,
    error: CIRCLE("guest/pkg"),
  }),
  get({
    name: "bindings in a circle",
    given: [
      aPackage({ binding: bindingTo("guest", "b") }),
      aPackage({ name: named("b"), binding: bindingTo("guest", "pkg") }),
    ],
    status: 422,
  }),
  get({
    name: "unreadable, one's own",
    deps: brokenStore("guest/pkg"),
    status: 500,
    error: "Resource is corrupted and cannot be read.",
  }),
  get({
    name: "unreadable, somebody else's",
    path: "/namespaces/other/packages/s",
    deps: brokenStore("other/s"),
    status: 403,
    error: forbidden("other/s"),
  }),
  get({ name: "a bad name", path: "/namespaces/_/packages/x%23", status: 400, cors: false }),
  get({
    name: "a bad namespace",
    path: "/namespaces/-/packages/x",
    status: 400,
    error: "The namespace contains illegal characters.",
    cors: false,
  }),
  get({ name: "a slash too many", path: `${url}/`, given: [pkg], status: 404, error: ROUTE_NOT_FOUND }),
  get({ name: "no credentials", as: "nobody", status: 401 }),
  get({
    name: "no JSON wanted",
    given: [pkg],
    headers: { Accept: "text/html" },
    status: 406,
    error: "Resource representation is only available with these types:\napplication/json",
  }),
]);

cases("§4.2 GET when shared packages may only be run", [
  get({
    name: "somebody else's",
    path: "/namespaces/other/packages/s",
    deps: { sharedPackagesExecuteOnly: true },
    given: [shared],
    status: 403,
    error: "GET not permitted for 'other/s' since it's a shared package",
  }),
  get({
    name: "one's own binding",
    path: boundUrl,
    deps: { sharedPackagesExecuteOnly: true },
    given: [shared, bound],
    status: 403,
    error: "GET not permitted since bound is a binding of a shared package",
  }),
  get({ name: "one's own", deps: { sharedPackagesExecuteOnly: true }, given: [pkg], status: 200 }),
]);

const BODY = {
  version: "1.2.3",
  publish: true,
  parameters: [{ key: "p", value: { deep: [1] } }],
  annotations: [{ key: "n", value: null }],
};
cases("§13.3 PUT that creates", [
  put({
    name: "with defaults",
    status: 200,
    cors: true,
    exactly: {
      namespace: "guest",
      name: "pkg",
      version: "0.0.1",
      publish: false,
      annotations: [],
      parameters: [],
      updated: expect.any(Number),
      binding: {},
    },
  }),
  put({ name: "with everything", body: BODY, status: 200, json: BODY }),
  put({
    name: "what clients send besides is ignored",
    body: { name: "other", namespace: "other", updated: 1, actions: [1], feeds: 2, exec: 3 },
    status: 200,
    json: { namespace: "guest", name: "pkg" },
  }),
  put({
    name: "null is as good as absent",
    body: { parameters: null, annotations: null, version: null, publish: null },
    status: 200,
    json: { version: "0.0.1", parameters: [] },
  }),
  put({
    name: "a binding annotation of one's own is dropped",
    body: { annotations: [{ key: "binding", value: "mine" }] },
    status: 200,
    json: { annotations: [] },
  }),
  put({ name: "an upsert", path: `${url}?overwrite=true`, status: 200, json: { version: "0.0.1" } }),
  put({
    name: "tells the caches",
    status: 200,
    after: async (_a, { deps }, expect) => {
      expect(await deps.catalogue.entities.get("guest/pkg")).toMatchObject({ entity: { entityType: "package" } });
    },
  }),
  put({ name: "that exists", given: [pkg], status: 409, error: "resource already exists", cors: true }),
  ...each([anAction, aTrigger, aRule], (make) => {
    const entity = make({ name: named("pkg") });
    return put({ name: `where a ${entity.entityType} is`, given: [entity], status: 409, error: ELSEWHERE, cors: true });
  }),
  put({
    name: "in somebody else's namespace",
    path: "/namespaces/other/packages/pkg",
    status: 403,
    error: forbidden("other/pkg"),
    cors: true,
  }),
  put({
    name: "called default",
    path: "/namespaces/_/packages/default",
    status: 400,
    error: "Package name 'default' is reserved.",
    cors: true,
  }),
]);

cases("§1.2 PUT: which complaint wins", [
  put({ name: "no credentials before the namespace", as: "nobody", path: "/namespaces/-/packages/x", status: 401 }),
  put({
    name: "somebody else's before the body",
    path: "/namespaces/other/packages/x",
    body: "{",
    status: 403,
    error: forbidden("other/x"),
  }),
  put({
    name: "the content type",
    body: "{}",
    status: 415,
    error: "The request's Content-Type [application/octet-stream] is not supported. Expected:\napplication/json",
    cors: false,
  }),
  put({
    name: "no JSON",
    body: "{",
    headers: { "Content-Type": "application/json" },
    status: 400,
    error: /^The request content was malformed:\n/,
    cors: false,
  }),
  put({ name: "no body", body: undefined, headers: { "Content-Type": "application/json" }, status: 400 }),
  ...each([1, "x", [], null] as const, (body) =>
    put({ name: `${JSON.stringify(body)} as body`, body: JSON.stringify(body), headers: JSON_TYPE, status: 400 }),
  ),
  ...each(["parameters", "annotations"] as const, (field) =>
    put({
      name: `bad ${field}`,
      path: `${url}?overwrite=x`,
      body: { [field]: { a: 1 } },
      status: 400,
      malformed: "parameters malformed!",
    }),
  ),
  ...each(["parameters", "annotations"] as const, (field) =>
    put({
      name: `${field} too large, before overwrite`,
      path: `${url}?overwrite=x`,
      body: { [field]: [{ key: "a", value: "x".repeat(100) }] },
      deps: { limits: { ...UPSTREAM_LIMITS, parametersBytes: 102 } },
      status: 413,
      error: `${field} larger than allowed: 103 > 102 bytes.`,
      cors: true,
    }),
  ),
  put({
    name: "parameters beyond the namespace's own limit",
    body: { parameters: [{ key: "a", value: "x".repeat(100) }] },
    before: async ({ subjects }) => subjects.putLimits("guest", { maxParameterSize: "100 B" }),
    status: 413,
    error: "parameters larger than allowed: 103 > 100 bytes.",
  }),
  put({
    name: "overwrite before the reserved name",
    path: "/namespaces/_/packages/default?overwrite=x",
    status: 400,
    query: ["overwrite", "'x' is not a valid Boolean value"],
    cors: false,
  }),
  put({
    name: "the reserved name before the rest of the body",
    path: "/namespaces/_/packages/default",
    body: { version: 1 },
    status: 400,
    error: "Package name 'default' is reserved.",
  }),
  put({ name: "a bad version", body: { version: 1 }, status: 400, malformed: "semantic version malformed" }),
  put({
    name: "a bad publish",
    body: { publish: 1 },
    status: 400,
    malformed: "Expected JsBoolean, but got 1",
  }),
  put({
    name: "binding: null",
    body: { binding: null },
    status: 400,
    malformed: "Object expected in field 'namespace'",
  }),
  put({ name: "binding: a string", body: { binding: "/other/s" }, status: 400 }),
  put({
    name: "binding without a name",
    body: { binding: { namespace: "other" } },
    status: 400,
    malformed: "Object is missing required member 'name'",
  }),
  put({
    name: "binding without a namespace",
    body: { binding: { name: "s" } },
    status: 400,
    malformed: "Object is missing required member 'namespace'",
  }),
  ...each(["a/b", "-", "", 1], (name) =>
    put({
      name: `binding to ${JSON.stringify(name)}`,
      body: { binding: { namespace: "other", name } },
      status: 400,
      malformed: "entity name malformed",
    }),
  ),
  put({
    name: "what the binding means before what there is",
    given: [pkg],
    body: { binding: { namespace: "other", name: "none" } },
    status: 403,
    error: forbidden("other/none"),
  }),
]);

cases("§13.3 PUT of a binding", [
  put({
    name: "to somebody else's shared package",
    given: [shared],
    body: {
      binding: { namespace: "other", name: "s" },
      parameters: [{ key: "b", value: 1 }],
      annotations: [
        { key: "n", value: 1 },
        { key: "binding", value: 2 },
      ],
    },
    status: 200,
    json: {
      binding: { namespace: "other", name: "s" },
      parameters: [{ key: "b", value: 1 }],
      annotations: [
        { key: "n", value: 1 },
        { key: "binding", value: { namespace: "other", name: "s" } },
      ],
    },
  }),
  put({
    name: "to one's own, written _",
    given: [aPackage({ name: named("p") })],
    body: { binding: { namespace: "_", name: "p" } },
    status: 200,
    json: { binding: { namespace: "guest", name: "p" } },
  }),
  put({ name: "{} is no binding", body: { binding: {} }, status: 200, json: { binding: {}, annotations: [] } }),
  put({
    name: "to one's own that is not there",
    body: { binding: { namespace: "_", name: "p" } },
    status: 400,
    error: "Binding references a package that does not exist.",
    cors: true,
  }),
  ...each([anAction, aTrigger, aRule], (make) => {
    const entity = make({ name: named("p") });
    return put({
      name: `to a ${entity.entityType}`,
      given: [entity],
      body: { binding: { namespace: "guest", name: "p" } },
      status: 409,
      error: "Cannot bind to a resource that is not a package.",
      cors: true,
    });
  }),
  put({
    name: "to a binding",
    given: [shared, bound],
    body: { binding: { namespace: "guest", name: "bound" } },
    status: 400,
    error: "Cannot bind to another package binding.",
    cors: true,
  }),
  put({
    name: "to itself, while it is not there",
    body: { binding: { namespace: "_", name: "pkg" } },
    status: 400,
    error: "Binding references a package that does not exist.",
  }),
  put({
    name: "to itself, which is a binding",
    path: `${boundUrl}?overwrite=true`,
    given: [shared, bound],
    body: { binding: { namespace: "_", name: "bound" } },
    status: 400,
    error: "Cannot bind to another package binding.",
  }),
  put({
    name: "to somebody else's private package",
    given: [secret],
    body: { binding: { namespace: "other", name: "secret" } },
    status: 403,
    error: forbidden("other/secret"),
    cors: true,
  }),
  put({
    name: "to somebody else's that is not there",
    body: { binding: { namespace: "other", name: "none" } },
    status: 403,
    error: forbidden("other/none"),
  }),
  put({
    name: "to somebody else's that is no package",
    given: [aTrigger({ namespace: "other" })],
    body: { binding: { namespace: "other", name: "tick" } },
    status: 403,
    error: forbidden("other/tick"),
  }),
  put({
    name: "to a binding that refers to itself",
    given: [aPackage({ name: named("p"), binding: bindingTo("guest", "p") })],
    body: { binding: { namespace: "_", name: "p" } },
    status: 422,
    error: CIRCLE("guest/p"),
  }),
  put({
    name: "where a package is",
    path: `${url}?overwrite=true`,
    given: [shared, pkg],
    body: { binding: { namespace: "other", name: "s" } },
    status: 409,
    error: "Resource is a package and cannot be converted into a binding.",
    cors: true,
  }),
  put({
    name: "where a package is, to a binding",
    path: `${url}?overwrite=true`,
    given: [shared, bound, pkg],
    body: { binding: { namespace: "_", name: "bound" } },
    status: 409,
    error: "Resource is a package and cannot be converted into a binding.",
  }),
  put({
    name: "of one that exists",
    path: boundUrl,
    given: [shared, bound],
    body: { binding: { namespace: "other", name: "s" } },
    status: 409,
    error: "resource already exists",
  }),
  put({
    name: "that exists, to somewhere else",
    path: `${boundUrl}?overwrite=true`,
    given: [shared, bound, aPackage({ name: named("p") })],
    body: { binding: { namespace: "guest", name: "p" } },
    status: 200,
    json: {
      version: "0.0.5",
      binding: { namespace: "guest", name: "p" },
      annotations: [{ key: "binding", value: { namespace: "guest", name: "p" } }],
      parameters: bound.parameters,
    },
  }),
  put({
    name: "that exists, without a word about where to",
    path: `${boundUrl}?overwrite=true`,
    given: [bound],
    body: { annotations: [{ key: "n", value: 1 }] },
    status: 200,
    json: {
      binding: { namespace: "other", name: "s" },
      annotations: [
        { key: "n", value: 1 },
        { key: "binding", value: { namespace: "other", name: "s" } },
      ],
    },
  }),
]);

cases("§13.3 PUT that updates", [
  update({
    name: "nothing given: all but the version is kept",
    status: 200,
    json: { version: "0.0.2", parameters: pkg.parameters, annotations: pkg.annotations, publish: false },
  }),
  update({
    name: "parameters and annotations replace",
    body: { parameters: [{ key: "c", value: 1 }], annotations: [] },
    status: 200,
    json: { parameters: [{ key: "c", value: 1 }], annotations: [] },
  }),
  update({ name: "publish", body: { publish: true }, status: 200, json: { publish: true } }),
  update({
    name: "publish is kept",
    given: [aPackage({ publish: true })],
    status: 200,
    json: { publish: true },
  }),
  update({ name: "a version that is zero", body: { version: "0.0.0.9" }, status: 400 }),
  update({ name: "a version may go back", body: { version: "0.0.1" }, status: 200, json: { version: "0.0.1" } }),
  update({
    name: "updated moves on",
    status: 200,
    after: ({ json }, _w, expect) => expect(Number(json["updated"])).toBeGreaterThan(pkg.updated),
  }),
  update({ name: "a trigger", given: [aTrigger({ name: named("pkg") })], status: 409, error: ELSEWHERE }),
]);

cases("§13.4 DELETE", [
  del({
    name: "an empty one: what it was",
    given: [pkg],
    status: 200,
    cors: true,
    exactly: {
      namespace: "guest",
      name: "pkg",
      version: "0.0.1",
      publish: false,
      annotations: pkg.annotations,
      parameters: pkg.parameters,
      updated: pkg.updated,
      binding: {},
    },
    after: async (_a, { entities, deps }, expect) => {
      expect(await entities.get("guest/pkg")).toBeUndefined();
      expect(await deps.catalogue.entities.get("guest/pkg")).toBeUndefined();
    },
  }),
  del({
    name: "with one action in it",
    given: [pkg, inPackage("guest/pkg", "one")],
    status: 409,
    error: "Package not empty (contains 1 entity). Set force param or delete package contents.",
    cors: true,
    after: async (_a, { entities }, expect) => expect(await entities.get("guest/pkg")).toBeDefined(),
  }),
  del({
    name: "with two",
    path: `${url}?force=false`,
    given: [pkg, inPackage("guest/pkg", "one"), inPackage("guest/pkg", "two")],
    status: 409,
    error: "Package not empty (contains 2 entities). Set force param or delete package contents.",
  }),
  del({
    name: "with force: what is in it goes too, and nothing else",
    path: `${url}?force=true`,
    given: [pkg, anAction(), ...Array.from({ length: 230 }, (_, index) => inPackage("guest/pkg", `a${index}`))],
    status: 200,
    json: { name: "pkg" },
    after: async (_a, { entities, deps }, expect) => {
      expect(await entities.count({ type: "action", path: "guest" })).toBe(1);
      expect(await deps.catalogue.entities.get("guest/pkg/a0")).toBeUndefined();
    },
  }),
  del({
    name: "with force, while somebody else deletes the same",
    path: `${url}?force=true`,
    given: [pkg, inPackage("guest/pkg", "one")],
    before: ({ entities }) => {
      const { delete: remove } = entities;
      Object.assign(entities, {
        delete: async (id: string, rev: string) => {
          await remove(id, rev);
          if (id === "guest/pkg/one") throw new NotFound();
        },
      });
    },
    status: 200,
  }),
  del({
    name: "force=x",
    path: `${url}?force=x`,
    given: [pkg],
    status: 400,
    query: ["force", "'x' is not a valid Boolean value"],
    cors: false,
  }),
  del({
    name: "force=x of somebody else's",
    path: "/namespaces/other/packages/s?force=x",
    given: [shared],
    status: 403,
    error: forbidden("other/s"),
  }),
  del({
    name: "a binding, whose provider has actions",
    path: boundUrl,
    given: [shared, bound, inPackage("other/s", "one")],
    status: 200,
    json: { binding: { namespace: "other", name: "s" } },
  }),
  del({
    name: "a binding whose provider is gone",
    path: boundUrl,
    given: [bound],
    status: 200,
    json: { name: "bound" },
  }),
  del({
    name: "a binding, whatever is stored below its name",
    path: boundUrl,
    given: [bound, inPackage("guest/bound", "stray")],
    status: 200,
  }),
  del({
    name: "with force a binding leaves what it points to",
    path: `${boundUrl}?force=true`,
    given: [shared, bound, inPackage("other/s", "one")],
    status: 200,
    after: async (_a, { entities }, expect) => expect(await entities.get("other/s/one")).toBeDefined(),
  }),
  del({ name: "none", status: 404, error: NOT_FOUND, cors: true }),
  del({ name: "default", path: "/namespaces/_/packages/default", status: 404, error: NOT_FOUND }),
  del({ name: "a trigger", given: [aTrigger({ name: named("pkg") })], status: 409, error: ELSEWHERE, cors: true }),
  del({
    name: "somebody else's, shared",
    path: "/namespaces/other/packages/s",
    given: [shared],
    status: 403,
    error: forbidden("other/s"),
    cors: true,
  }),
]);

cases("§13.1, §1.8 Lists of packages", [
  list({
    name: "one's own: bindings and private ones too, newest first, without parameters",
    given: [{ ...pkg, updated: 1 }, { ...bound, updated: 2 }, shared],
    status: 200,
    cors: true,
    exactly: [
      {
        namespace: "guest",
        name: "bound",
        version: "0.0.4",
        publish: false,
        annotations: bound.annotations,
        updated: 2,
        binding: { namespace: "other", name: "s" },
      },
      {
        namespace: "guest",
        name: "pkg",
        version: "0.0.1",
        publish: false,
        annotations: pkg.annotations,
        updated: 1,
        binding: false,
      },
    ],
  }),
  list({
    name: "somebody else's: those that are shared and no bindings",
    path: "/namespaces/other/packages",
    given: [
      shared,
      secret,
      aPackage({ namespace: "other", name: named("b"), publish: true, binding: bindingTo("guest", "pkg") }),
    ],
    status: 200,
    json: [{ name: "s" }],
    after: ({ json }, _w, expect) => expect(json).toHaveLength(1),
  }),
  list({
    name: "somebody else's, counted",
    path: "/namespaces/other/packages?count=true",
    given: [shared, secret],
    status: 200,
    exactly: { packages: 1 },
  }),
  list({ name: "of a namespace that nobody has", path: "/namespaces/nobody/packages", status: 200, exactly: [] }),
  list({ name: "empty", status: 200, exactly: [] }),
  list({ name: "with a slash", path: "/namespaces/_/packages/", given: [pkg], status: 200, json: [{ name: "pkg" }] }),
  list({ name: "only packages", given: [anAction(), aTrigger(), aRule()], status: 200, exactly: [] }),
  list({
    name: "public is ignored",
    path: "/namespaces/_/packages?public=true",
    given: [pkg],
    status: 200,
    json: [{}],
  }),
  list({
    name: "paged",
    path: "/namespaces/_/packages?skip=1&limit=1",
    given: [1, 2, 3].map((updated) => aPackage({ name: named(`p${updated}`), updated })),
    status: 200,
    json: [{ name: "p2" }],
    after: ({ json }, _w, expect) => expect(json).toHaveLength(1),
  }),
  list({
    name: "counted",
    path: "/namespaces/_/packages?count=true&skip=1",
    given: [pkg, bound],
    status: 200,
    exactly: { packages: 1 },
  }),
  list({
    name: "a bad limit",
    path: "/namespaces/_/packages?limit=201",
    status: 400,
    query: ["limit", "The value '201' is not in the range of 0 to 200 for packages."],
  }),
  list({
    name: "a bad skip",
    path: "/namespaces/_/packages?skip=-1",
    status: 400,
    query: ["skip", "The value '-1' is not greater than or equal to 0 for packages."],
  }),
  list({ name: "a bad namespace", path: "/namespaces/-/packages", status: 400 }),
]);

cases("§13.1 What there is not", [
  get({
    name: "refresh",
    method: "POST",
    path: "/namespaces/_/packages/refresh",
    status: 501,
    error: "Packages are not refreshed here: bind to them one by one.",
    cors: true,
  }),
  get({
    name: "refresh of somebody else's",
    method: "POST",
    path: "/namespaces/other/packages/refresh",
    status: 403,
    error: forbidden("other"),
  }),
  get({ name: "POST", method: "POST", given: [pkg], status: 404, error: ROUTE_NOT_FOUND, cors: false }),
  get({ name: "HEAD", method: "HEAD", given: [pkg], status: 404 }),
  get({
    name: "PUT of the collection",
    method: "PUT",
    path: "/namespaces/_/packages",
    status: 404,
    error: ROUTE_NOT_FOUND,
  }),
  get({ name: "OPTIONS", method: "OPTIONS", status: 200, text: "OK", cors: true }),
]);

const action = { exec: { kind: "nodejs:24", code: "x" } };
const invoke = (row: Row): Case => ({ method: "POST", path: "/namespaces/_/actions/bound/one?blocking=true", ...row });
cases("§8, §10 Actions in packages and through bindings", [
  put({
    name: "PUT into one's own",
    path: "/namespaces/_/actions/pkg/one",
    given: [pkg],
    body: action,
    status: 200,
    json: { namespace: "guest/pkg" },
  }),
  put({
    name: "PUT through a binding",
    path: "/namespaces/_/actions/bound/one",
    given: [shared, bound],
    body: action,
    status: 400,
    error: "Operation not permitted on package binding.",
  }),
  invoke({
    name: "run through a binding: the provider's action, for the caller",
    given: [shared, bound, inPackage("other/s", "one", { parameters: [keyValue("c", "action")] })],
    body: { d: "payload" },
    status: 200,
    json: { namespace: "guest", subject: "guest-subject", name: "one" },
    after: (_a, { dispatcher, guest }, expect) => {
      expect(dispatcher.messages).toMatchObject([
        {
          action: { id: "other/s/one", binding: "guest/bound" },
          user: { namespace: guest.namespace },
          args: { a: "provider", b: "binding", c: "action", d: "payload" },
        },
      ]);
    },
  }),
  invoke({
    name: "run in a shared package",
    path: "/namespaces/other/actions/s/one",
    given: [shared, inPackage("other/s", "one")],
    status: 202,
    after: (_a, { dispatcher }, expect) => {
      expect(dispatcher.messages).toMatchObject([
        { action: { id: "other/s/one" }, user: { subject: "guest-subject" } },
      ]);
      expect(dispatcher.messages[0]?.action).not.toHaveProperty("binding");
    },
  }),
  invoke({
    name: "run in a private package",
    path: "/namespaces/other/actions/secret/one",
    given: [secret, inPackage("other/secret", "one")],
    status: 403,
    error: forbidden("other/secret"),
  }),
  invoke({
    name: "run through a binding whose provider is private now",
    given: [{ ...shared, publish: false }, bound, inPackage("other/s", "one")],
    status: 403,
    error: forbidden("guest/bound"),
  }),
  invoke({ name: "what the provider does not have", given: [shared, bound], status: 404, error: NOT_FOUND }),
]);
