import { type EntityName, UPSTREAM_LIMITS } from "@meringue/core";
import { anAction, aPackage, aTrigger } from "@meringue/testkit";
import { type Case, cases, each } from "./cases.ts";

const hello = "/namespaces/_/actions/hello";
const CODE = "function main(args) { return args }";
const NOT_FOUND = "The requested resource does not exist.";
const ELSEWHERE = "Resource by this name exists but is not in this collection.";
const forbidden = (name: string) => `The supplied authentication is not authorized to access '${name}'.`;
const named = (name: string) => name as EntityName;
const trigger = aTrigger({ name: named("hello") });
const pkg = aPackage({
  name: named("p"),
  parameters: [
    { key: "a", value: "package" },
    { key: "b", value: "package" },
  ],
});
const shared = aPackage({
  namespace: "other",
  name: named("s"),
  publish: true,
  parameters: [
    { key: "a", value: 1 },
    { key: "b", value: 1 },
  ],
});
const inShared = anAction({ namespace: "other/s", parameters: [{ key: "c", value: 3 }] });
const binding = aPackage({
  name: named("bound"),
  binding: { namespace: named("other"), name: named("s") },
  parameters: [{ key: "b", value: 2 }],
});
const packaged = anAction({ namespace: "guest/p", parameters: [{ key: "b", value: "action" }] });
const sequence = (name: string, ...components: string[]) =>
  anAction({
    name: named(name),
    exec: { type: "sequence", kind: "sequence", components },
    parameters: [{ key: "_actions", value: components }],
  });

const get = (row: Partial<Case> & Pick<Case, "name" | "status">): Case => ({ path: hello, ...row });
const put = (row: Partial<Case> & Pick<Case, "name" | "status">): Case => ({
  method: "PUT",
  path: hello,
  body: { exec: { kind: "nodejs:24", code: CODE } },
  ...row,
});
const del = (row: Partial<Case> & Pick<Case, "name" | "status">): Case => ({ method: "DELETE", path: hello, ...row });

cases("§8.1 GET of an action", [
  get({
    name: "with its code",
    given: [anAction()],
    status: 200,
    cors: true,
    json: { namespace: "guest", name: "hello", exec: { kind: "nodejs:24", code: CODE, binary: false } },
  }),
  get({
    name: "code=false leaves the code out",
    path: `${hello}?code=false`,
    given: [anAction()],
    status: 200,
    after: ({ json }, _world, expect) => expect(json).toHaveProperty("exec", { kind: "nodejs:24", binary: false }),
  }),
  get({
    name: "code=x",
    path: `${hello}?code=x`,
    given: [anAction()],
    status: 400,
    query: ["code", "'x' is not a valid Boolean value"],
  }),
  get({ name: "none", status: 404, error: NOT_FOUND, cors: true }),
  get({ name: "another type of entity", given: [trigger], status: 409, error: ELSEWHERE, cors: true }),
  get({
    name: "a package, without a slash",
    given: [aPackage({ name: named("hello") })],
    status: 409,
    error: ELSEWHERE,
  }),
  get({
    name: "a foreign one that exists",
    path: "/namespaces/guest/actions/hello",
    as: "other",
    given: [anAction()],
    status: 403,
    error: forbidden("guest/hello"),
    cors: true,
  }),
  get({
    name: "a foreign one that does not",
    path: "/namespaces/guest/actions/none",
    as: "other",
    status: 403,
    error: forbidden("guest/none"),
  }),
  get({
    name: "its code is lost",
    before: async ({ entities, changes }) => {
      await entities.put(anAction(), undefined, "none");
      changes.publish({ kind: "entity", id: "guest/hello" });
    },
    status: 404,
    error: NOT_FOUND,
  }),
  get({
    name: "binary code is canonical base64",
    before: async ({ entities }) =>
      void (await entities.put(anAction({ exec: { type: "code", kind: "nodejs:24", binary: true } }), undefined, {
        bytes: Buffer.from([1, 2, 3, 255]),
      })),
    status: 200,
    json: { exec: { code: "AQID/w==", binary: true } },
  }),
  get({
    name: "a blackbox without code",
    given: [anAction({ exec: { type: "blackbox", kind: "blackbox", image: "me/x:1", binary: false, hasCode: false } })],
    status: 200,
    after: ({ json }, _w, expect) =>
      expect(json).toHaveProperty("exec", { kind: "blackbox", image: "me/x:1", binary: false }),
  }),
  get({
    name: "a sequence",
    given: [sequence("hello", "/guest/a")],
    status: 200,
    after: ({ json }, _w, expect) =>
      expect(json).toHaveProperty("exec", { kind: "sequence", components: ["/guest/a"] }),
  }),
  get({
    name: "a deprecated runtime",
    given: [anAction({ exec: { type: "code", kind: "aged:1", binary: false } })],
    status: 200,
  }),
]);

cases("§4.1, §8 Actions in packages", [
  get({
    name: "parameters are merged over the package's",
    path: "/namespaces/_/actions/p/hello",
    given: [pkg, packaged],
    status: 200,
    json: {
      namespace: "guest/p",
      parameters: [
        { key: "a", value: "package" },
        { key: "b", value: "action" },
      ],
    },
  }),
  get({ name: "own missing package", path: "/namespaces/_/actions/p/hello", status: 404, error: NOT_FOUND }),
  get({
    name: "missing in an own package",
    path: "/namespaces/_/actions/p/none",
    given: [pkg],
    status: 404,
    error: NOT_FOUND,
  }),
  get({
    name: "the package is a trigger",
    path: "/namespaces/_/actions/hello/x",
    given: [trigger],
    status: 409,
    error: ELSEWHERE,
  }),
  get({
    name: "a foreign private package",
    path: "/namespaces/guest/actions/p/hello",
    as: "other",
    given: [pkg, packaged],
    status: 403,
    error: forbidden("guest/p"),
  }),
  get({
    name: "a foreign missing package",
    path: "/namespaces/guest/actions/q/hello",
    as: "other",
    status: 403,
    error: forbidden("guest/q"),
  }),
  get({
    name: "a foreign thing that is no package",
    path: "/namespaces/guest/actions/hello/x",
    as: "other",
    given: [trigger],
    status: 403,
    error: forbidden("guest/hello"),
  }),
  get({
    name: "a foreign shared package",
    path: "/namespaces/other/actions/s/hello",
    given: [shared, inShared],
    status: 200,
    json: { namespace: "other/s" },
  }),
  get({
    name: "missing in a foreign shared package",
    path: "/namespaces/other/actions/s/none",
    given: [shared],
    status: 404,
    error: NOT_FOUND,
  }),
  get({
    name: "through a binding: provider < binding < action",
    path: "/namespaces/_/actions/bound/hello",
    given: [shared, inShared, binding],
    status: 200,
    json: {
      namespace: "other/s",
      parameters: [
        { key: "a", value: 1 },
        { key: "b", value: 2 },
        { key: "c", value: 3 },
      ],
    },
    after: ({ json }, _w, expect) => expect(json).not.toHaveProperty("binding"),
  }),
  get({
    name: "through a binding without code it tells the binding",
    path: "/namespaces/_/actions/bound/hello?code=false",
    given: [shared, inShared, binding],
    status: 200,
    json: { binding: "guest/bound" },
  }),
  get({
    name: "a foreign binding",
    path: "/namespaces/guest/actions/bound/hello",
    as: "other",
    given: [shared, inShared, { ...binding, publish: true }],
    status: 403,
    error: forbidden("guest/bound"),
  }),
  get({
    name: "a binding to a private package",
    path: "/namespaces/_/actions/bound/hello",
    given: [{ ...shared, publish: false }, inShared, binding],
    status: 403,
  }),
  get({
    name: "a binding to a missing foreign package",
    path: "/namespaces/_/actions/bound/hello",
    given: [binding],
    status: 403,
  }),
  get({
    name: "a binding to itself",
    path: "/namespaces/_/actions/bound/hello",
    given: [aPackage({ name: named("bound"), binding: { namespace: named("guest"), name: named("bound") } })],
    status: 422,
    error: "Package binding 'guest/bound' contains a circular reference.",
  }),
  put({
    name: "into an own package",
    path: "/namespaces/_/actions/p/hello",
    given: [pkg],
    status: 200,
    json: { namespace: "guest/p", parameters: [] },
  }),
  put({ name: "into a missing package", path: "/namespaces/_/actions/p/hello", status: 404, error: NOT_FOUND }),
  put({
    name: "into what is no package",
    path: "/namespaces/_/actions/hello/x",
    given: [trigger],
    status: 409,
    error: ELSEWHERE,
  }),
  put({
    name: "through a binding",
    path: "/namespaces/_/actions/bound/hello",
    given: [shared, binding],
    status: 400,
    error: "Operation not permitted on package binding.",
  }),
  put({
    name: "into a foreign shared package",
    path: "/namespaces/other/actions/s/hello",
    given: [shared],
    status: 403,
    error: forbidden("other/s/hello"),
  }),
  del({
    name: "from an own package",
    path: "/namespaces/_/actions/p/hello",
    given: [pkg, packaged],
    status: 200,
    json: { namespace: "guest/p", parameters: [{ key: "b", value: "action" }] },
  }),
  del({
    name: "through a binding",
    path: "/namespaces/_/actions/bound/hello",
    given: [shared, inShared, binding],
    status: 400,
    error: "Operation not permitted on package binding.",
  }),
  del({
    name: "from a foreign package",
    path: "/namespaces/other/actions/s/hello",
    given: [shared, inShared],
    status: 403,
    error: forbidden("other/s/hello"),
  }),
  del({ name: "from a missing package", path: "/namespaces/_/actions/p/hello", status: 404, error: NOT_FOUND }),
]);

cases("§4.2 Shared packages that may only be run", [
  get({
    name: "a foreign action",
    deps: { sharedPackagesExecuteOnly: true },
    path: "/namespaces/other/actions/s/hello",
    given: [shared, inShared],
    status: 403,
    error: "GET not permitted for 'other/s' since it's an action in a shared package",
  }),
  get({
    name: "through an own binding",
    deps: { sharedPackagesExecuteOnly: true },
    path: "/namespaces/_/actions/bound/hello",
    given: [shared, inShared, binding],
    status: 403,
    error:
      "GET not permitted for 'guest/bound/hello'. Resource does not exist or is an action in a shared package binding.",
  }),
  get({
    name: "running it is fine",
    deps: { sharedPackagesExecuteOnly: true },
    method: "POST",
    path: "/namespaces/other/actions/s/hello",
    given: [shared, inShared],
    status: 202,
  }),
  get({
    name: "one's own is fine",
    deps: { sharedPackagesExecuteOnly: true },
    path: "/namespaces/_/actions/p/hello",
    given: [pkg, packaged],
    status: 200,
  }),
]);

cases("§8.2, §8.4 PUT that creates", [
  put({
    name: "answers 200 with everything",
    status: 200,
    cors: true,
    after: ({ json }, _w, expect) =>
      expect(json).toEqual({
        namespace: "guest",
        name: "hello",
        version: "0.0.1",
        publish: false,
        updated: expect.any(Number),
        exec: { kind: "nodejs:24", code: CODE, binary: false },
        parameters: [],
        limits: { timeout: 60000, memory: 256, logs: 10, concurrency: 1 },
        annotations: [
          { key: "provide-api-key", value: false },
          { key: "exec", value: "nodejs:24" },
        ],
      }),
  }),
  put({ name: "overwrite=true creates too", path: `${hello}?overwrite=true`, status: 200, json: { version: "0.0.1" } }),
  put({
    name: "default kind",
    body: { exec: { kind: " NodeJS:Default ", code: CODE } },
    status: 200,
    json: { exec: { kind: "nodejs:24" } },
  }),
  put({
    name: "unknown members are ignored, null is absent",
    body: {
      name: 1,
      namespace: 1,
      updated: 1,
      env: 1,
      error: 1,
      annotations: null,
      parameters: null,
      limits: null,
      version: null,
      publish: null,
      exec: { kind: "nodejs:24", code: "" },
    },
    status: 200,
  }),
  put({
    name: "own version",
    body: { version: "7", exec: { kind: "nodejs:24", code: CODE } },
    status: 200,
    json: { version: "7.0.0" },
  }),
  put({
    name: "limits given in part",
    body: { limits: { memory: 128 }, exec: { kind: "nodejs:24", code: CODE } },
    status: 200,
    json: { limits: { timeout: 60000, memory: 128, logs: 10, concurrency: 1 } },
  }),
  put({ name: "exec undefined", body: {}, status: 400, error: "exec undefined", cors: true }),
  put({
    name: "exec undefined, overwrite",
    path: `${hello}?overwrite=true`,
    body: {},
    status: 400,
    error: "exec undefined",
  }),
  put({ name: "exists", given: [anAction()], status: 409, error: "resource already exists", cors: true }),
  put({ name: "exists as another type", given: [trigger], status: 409, error: ELSEWHERE }),
  put({
    name: "exists as another type, overwrite",
    path: `${hello}?overwrite=true`,
    given: [trigger],
    status: 409,
    error: ELSEWHERE,
  }),
  put({
    name: "foreign namespace",
    path: "/namespaces/other/actions/hello",
    status: 403,
    error: forbidden("other/hello"),
    cors: true,
  }),
  put({
    name: "overwrite=x",
    path: `${hello}?overwrite=x`,
    status: 400,
    query: ["overwrite", "'x' is not a valid Boolean value"],
  }),
  put({ name: "overwrite empty means no", path: `${hello}?overwrite=`, given: [anAction()], status: 409 }),
  put({
    name: "somebody wrote at the same time",
    path: `${hello}?overwrite=true`,
    given: [anAction()],
    before: ({ entities }) => {
      const { get } = entities;
      let raced = false;
      entities.get = async (id) => {
        const found = await get(id);
        if (!raced && found !== undefined) {
          raced = true;
          await entities.put(found.entity, found.rev, "keep");
        }
        return found;
      };
    },
    status: 409,
    error: "Concurrent modification to resource detected.",
    cors: true,
  }),
  ...each(["-a", "a ", "a#", "ä", "a\u0007b", "a\nb", " a"], (name) =>
    put({
      name: `name ${JSON.stringify(name)}`,
      path: `/namespaces/_/actions/${encodeURIComponent(name)}`,
      status: 400,
      error: "The name of the entity contains illegal characters.",
      cors: false,
    }),
  ),
  put({ name: "a name of 256 characters", path: `/namespaces/_/actions/${"a".repeat(256)}`, status: 200 }),
  put({
    name: "a name of 257 characters",
    path: `/namespaces/_/actions/${"a".repeat(257)}`,
    status: 400,
    error: "Name segement longer than allowed: 257 > 256.",
  }),
  put({
    name: "a namespace of 257 characters",
    path: `/namespaces/${"a".repeat(257)}/actions/a`,
    status: 400,
    error: "Namespace longer than allowed: 257 > 256.",
  }),
]);

const old = anAction({
  version: "1.2.3",
  publish: true,
  parameters: [{ key: "p", value: 1 }],
  annotations: [
    { key: "a", value: 1 },
    { key: "b", value: 1 },
  ],
  limits: { timeout: 1000, memory: 128, logs: 5, concurrency: 1 },
});
const update = (row: Partial<Case> & Pick<Case, "name">): Case =>
  put({ path: `${hello}?overwrite=true`, given: [old], status: 200, ...row });
cases("§8.4 PUT that updates", [
  update({
    name: "nothing given keeps all, with the code",
    body: {},
    json: {
      version: "1.2.4",
      publish: true,
      parameters: [{ key: "p", value: 1 }],
      exec: { code: CODE },
      limits: { timeout: 1000, memory: 128, logs: 5 },
    },
  }),
  update({
    name: "parameters replace",
    body: { parameters: [{ key: "q", value: null }] },
    json: { parameters: [{ key: "q", value: null }] },
  }),
  update({
    name: "annotations merge",
    body: { annotations: [{ key: "b", value: 2 }] },
    json: {
      annotations: [
        { key: "a", value: 1 },
        { key: "b", value: 2 },
        { key: "exec", value: "nodejs:24" },
      ],
    },
  }),
  update({
    name: "delAnnotations",
    body: { delAnnotations: ["a"] },
    json: {
      annotations: [
        { key: "b", value: 1 },
        { key: "exec", value: "nodejs:24" },
      ],
    },
  }),
  update({
    name: "limits merge",
    body: { limits: { timeout: 2000 } },
    json: { limits: { timeout: 2000, memory: 128, logs: 5, concurrency: 1 } },
  }),
  update({ name: "version may go back", body: { version: "0.0.1" }, json: { version: "0.0.1" } }),
  update({
    name: "new code",
    body: { exec: { kind: "nodejs:22", code: "AQID" } },
    json: { exec: { kind: "nodejs:22", code: "AQID", binary: true } },
  }),
  update({
    name: "what is read next is new",
    body: { publish: false },
    after: async (_a, world, expect) => {
      const { call } = await import("./call.ts");
      const { basic } = await import("./world.ts");
      const next = await call(world.url, `/api/v1${hello}`, { headers: { Authorization: basic(world.guest) } });
      expect(next.json).toMatchObject({ version: "1.2.4", publish: false });
    },
  }),
  update({
    name: "a lost code does not matter",
    given: [],
    before: async ({ entities }) => void (await entities.put(old, undefined, "none")),
    status: 200,
  }),
  update({
    name: "keeping a deprecated runtime",
    given: [anAction({ exec: { type: "code", kind: "aged:1", binary: false } })],
    body: {},
    status: 400,
    error: "The 'aged:1' runtime is no longer supported. You may read and delete but not update or invoke this action.",
  }),
  update({
    name: "leaving a deprecated runtime",
    given: [anAction({ exec: { type: "code", kind: "aged:1", binary: false } })],
    body: { exec: { kind: "aged:default", code: "x" } },
    json: { exec: { kind: "aged:2" } },
  }),
]);

const KINDS =
  /^The request content was malformed:\nThe specified runtime 'nope' is not supported by this platform\. Valid values are: '.*'sequence', 'blackbox'\.$/;
const malformed = (exec: unknown, detail: string): Case =>
  put({ name: JSON.stringify(exec) ?? "", body: { exec }, status: 400, malformed: detail, cors: false });
cases("§8.3 exec that is no good", [
  malformed({ code: "" }, "'kind' must be a string defined in 'exec'"),
  malformed({ kind: 1 }, "'kind' must be a string defined in 'exec'"),
  put({ name: "unknown kind", body: { exec: { kind: "Nope", code: "" } }, status: 400, error: KINDS }),
  put({
    name: "a bare family",
    body: { exec: { kind: "nodejs", code: "" } },
    status: 400,
    error: /The specified runtime 'nodejs' is not supported/,
  }),
  malformed(
    { kind: "nodejs:24" },
    "'code' must be a string or attachment object defined in 'exec' for 'nodejs:24' actions",
  ),
  malformed({ kind: "nodejs:24", code: 1 }, "Could not deserialize as attachment record: 1"),
  malformed({ kind: "strict:1" }, "'code' must be a string defined in 'exec' for 'strict:1' actions"),
  malformed(
    { kind: "nodejs:24", code: "", main: 1 },
    "if defined, 'main' be a string in 'exec' for 'nodejs:24' actions",
  ),
  malformed({ kind: "strict:1", code: "" }, "'main' must be a string defined in 'exec' for 'strict:1' actions"),
  malformed({ kind: "blackbox" }, "'image' must be a string defined in 'exec' for 'blackbox' actions"),
  malformed({ kind: "blackbox", image: "ABC" }, "could not parse image name"),
  malformed({ kind: "sequence" }, "'components' must be defined for sequence kind"),
  malformed({ kind: "sequence", components: "a" }, "'components' must be an array"),
  malformed(
    { kind: "sequence", components: ["a"] },
    "requirement failed: The fully qualified name of the entity must contain at least the namespace and the name of the entity.",
  ),
  malformed({ kind: "sequence", components: [1] }, "fully qualified name malformed"),
  put({ name: "no object", body: [1], status: 400, error: /^The request content was malformed:\n/ }),
  put({
    name: "a blank blackbox code is none",
    body: { exec: { kind: "blackbox", image: "me/x@sha256:" + "a".repeat(64), code: "  " } },
    status: 200,
    after: ({ json }, _w, expect) =>
      expect(json).toHaveProperty("exec", { kind: "blackbox", image: "me/x", binary: false }),
  }),
  put({
    name: "a deprecated runtime",
    body: { exec: { kind: "aged:1", code: "x" } },
    status: 400,
    error: "The 'aged:1' runtime is no longer supported. You may read and delete but not update or invoke this action.",
  }),
  put({
    name: "truncated base64 is text",
    body: { exec: { kind: "nodejs:24", code: "UEsDB" } },
    status: 200,
    json: { exec: { binary: false } },
  }),
]);

const field = (member: string, value: unknown, detail: string): Case =>
  put({
    name: `${member}: ${JSON.stringify(value)}`,
    body: { exec: { kind: "nodejs:24", code: "" }, [member]: value },
    status: 400,
    malformed: detail,
  });
const limit = (limits: object, error: string): Case =>
  put({
    name: JSON.stringify(limits),
    body: { exec: { kind: "nodejs:24", code: "" }, limits },
    status: 400,
    error: `requirement failed: ${error}`,
  });
cases("§5, §6 Other fields that are no good", [
  ...(["parameters", "annotations"] as const).flatMap((member) =>
    each(
      [
        {},
        1,
        [{}],
        [{ key: "a" }],
        [{ key: 1, value: 1 }],
        [{ key: "a", value: 1, init: null }],
        [{ key: "a", value: 1, encryption: 1 }],
      ],
      (value) => field(member, value, "parameters malformed!"),
    ),
  ),
  field("version", 1, "semantic version malformed"),
  field("version", "0.0.0", "semantic version malformed"),
  field("version", "a.b", "semantic version malformed"),
  field("limits", { timeout: "x" }, "time limit malformed"),
  field("limits", { memory: "x" }, "memory limit malformed"),
  field("limits", { logs: true }, "log limit malformed"),
  field("limits", { concurrency: [] }, "concurrency limit malformed"),
  field("limits", { instances: {} }, "instance concurrency limit malformed"),
  field("limits", { timeout: 1.5 }, "requirement failed: time limit must be whole number"),
  field("limits", { memory: 1.5 }, "requirement failed: memory limit must be whole number"),
  field("limits", { logs: 1.5 }, "requirement failed: log limit must be whole number"),
  field("limits", { concurrency: 1.5 }, "requirement failed: intra concurrency limit must be whole number"),
  field("limits", { instances: 1.5 }, "requirement failed: instance concurrency limit must be whole number"),
  field("limits", { memory: -1 }, "requirement failed: a negative size of an object is not allowed."),
  field("limits", { logs: -1 }, "requirement failed: a negative size of an object is not allowed."),
  field(
    "limits",
    { instances: -1 },
    "requirement failed: Action container concurrency must be greater than or equal to 0.",
  ),
  limit({ memory: 513 }, "memory size 513 MB exceeds allowed threshold of 512 MB"),
  limit({ memory: 127 }, "memory size 127 MB below allowed threshold of 128 MB"),
  limit({ timeout: 300001 }, "duration 300001 milliseconds exceeds allowed threshold of 300000 milliseconds"),
  limit({ timeout: 99 }, "duration 99 milliseconds below allowed threshold of 100 milliseconds"),
  limit({ timeout: -1 }, "duration -1 milliseconds below allowed threshold of 100 milliseconds"),
  limit({ logs: 11 }, "log size 11 MB exceeds allowed threshold of 10 MB"),
  limit({ concurrency: 2 }, "concurrency 2 exceeds allowed threshold of 1"),
  limit({ concurrency: 0 }, "concurrency 0 below allowed threshold of 1"),
  limit({ concurrency: 2, logs: 11, timeout: 1, memory: 1 }, "memory size 1 MB below allowed threshold of 128 MB"),
  put({
    name: "instances",
    body: { exec: { kind: "nodejs:24", code: "" }, limits: { instances: 31 } },
    status: 400,
    error: "Max action instance concurrency must not exceed your namespace concurrency of 30.",
  }),
  put({
    name: "instances within bounds",
    body: { exec: { kind: "nodejs:24", code: "" }, limits: { instances: 30 } },
    status: 200,
    json: { limits: { instances: 30 } },
  }),
  put({
    name: "a namespace's own maximum",
    before: ({ subjects }) => subjects.putLimits("guest", { maxActionMemory: 256 }),
    body: { exec: { kind: "nodejs:24", code: "" }, limits: { memory: 257 } },
    status: 400,
    error: "requirement failed: memory size 257 MB exceeds allowed threshold of 256 MB",
  }),
  put({
    name: "a kind that the namespace may not use",
    before: ({ subjects }) => subjects.putLimits("guest", { allowedKinds: ["python:3.12"] }),
    body: { exec: { kind: "nodejs:default", code: "" } },
    status: 403,
    error: "The supplied authentication is not authorized to access actions of kind 'nodejs:24'.",
    cors: true,
  }),
  put({
    name: "a kind that the deployment allows anyway",
    deps: { allowedKinds: ["nodejs:24"] },
    before: ({ subjects }) => subjects.putLimits("guest", { allowedKinds: ["python:3.12"] }),
    status: 200,
  }),
]);

const small = { ...UPSTREAM_LIMITS, execBytes: 100, parametersBytes: 100 };
cases("§6.2 Sizes", [
  put({
    name: "48 MiB of code",
    body: { exec: { kind: "nodejs:24", code: "x".repeat(48 * 1024 * 1024) } },
    status: 200,
  }),
  put({
    name: "48 MiB of code and a byte",
    body: { exec: { kind: "nodejs:24", code: "x".repeat(48 * 1024 * 1024 + 1) } },
    status: 413,
    error: "exec larger than allowed: 50331649 > 50331648 bytes.",
    cors: true,
  }),
  put({
    name: "main counts",
    deps: { limits: small },
    body: { exec: { kind: "nodejs:24", code: "x".repeat(98), main: "abc" } },
    status: 413,
    error: "exec larger than allowed: 101 > 100 bytes.",
  }),
  put({
    name: "parameters",
    deps: { limits: small },
    body: { parameters: [{ key: "ä", value: "x".repeat(97) }] },
    status: 413,
    error: "parameters larger than allowed: 101 > 100 bytes.",
  }),
  put({
    name: "annotations",
    deps: { limits: small },
    body: { annotations: [{ key: "ab", value: "x".repeat(97) }] },
    status: 413,
    error: "annotations larger than allowed: 101 > 100 bytes.",
  }),
  put({
    name: "a namespace's own parameter size",
    before: ({ subjects }) => subjects.putLimits("guest", { maxParameterSize: "10 B" }),
    body: { parameters: [{ key: "a", value: "0123456789" }] },
    status: 413,
    error: "parameters larger than allowed: 13 > 10 bytes.",
  }),
]);

const archive = (code: string) => ({ body: { exec: { kind: "nodejs:24", code } } });
/** `index.js`, and what the name of the constant says. */
const WITH_DOTS =
  "UEsDBBQAAAAAAAAAIQCDFtyMAQAAAAEAAAAIAAAAaW5kZXguanN4UEsDBBQAAAAAAAAAIQCDFtyMAQAAAAEAAAAEAAAALi4veHhQSwECFAMUAAAAAAAAACEAgxbcjAEAAAABAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZXguanNQSwECFAMUAAAAAAAAACEAgxbcjAEAAAABAAAABAAAAAAAAAAAAAAAgAEnAAAALi4veFBLBQYAAAAAAgACAGgAAABKAAAAAAA=";
const CLAIMING_2_GB =
  "UEsDBBQAAAAAAAAAIQCDFtyMAQAAAAEAAAAIAAAAaW5kZXguanN4UEsBAhQDFAAAAAAAAAAhAIMW3IwBAAAAAJQ1dwgAAAAAAAAAAAAAAIABAAAAAGluZGV4LmpzUEsFBgAAAAABAAEANgAAACcAAAAAAA==";
const CUT_OFF = "UEsDBBQAAAAAAAAAIQCDFtyMAQAAAAEAAAAIAAAAaW5kZXguanN4UEsDBBQAAAAAAAAAIQCDFtyMAQAA";
cases("Archives", [
  put({
    name: "an entry with ..",
    ...archive(WITH_DOTS),
    status: 400,
    malformed: "the zip archive in 'code' has an entry that leads out of it: \"../x\"",
    cors: false,
  }),
  put({
    name: "a bomb",
    ...archive(CLAIMING_2_GB),
    status: 413,
    error: "unpacked exec larger than allowed: 2000000000 > 536870912 bytes.",
    cors: true,
  }),
  put({
    name: "a bomb for this deployment",
    deps: { maxUnpackedBytes: 1999999999 },
    ...archive(CLAIMING_2_GB),
    status: 413,
    error: "unpacked exec larger than allowed: 2000000000 > 1999999999 bytes.",
  }),
  put({
    name: "cut off",
    ...archive(CUT_OFF),
    status: 400,
    malformed: "the zip archive in 'code' cannot be read: it has no end",
  }),
  put({ name: "what is no archive", ...archive("AQID"), status: 200 }),
]);

cases("§8.1 DELETE of an action", [
  del({
    name: "answers what it was, with its code",
    given: [anAction()],
    status: 200,
    cors: true,
    json: { name: "hello", exec: { code: CODE } },
    after: async (_a, { entities }, expect) => expect(await entities.get("guest/hello")).toBeUndefined(),
  }),
  del({ name: "none", status: 404, error: NOT_FOUND, cors: true }),
  del({ name: "another type of entity", given: [trigger], status: 409, error: ELSEWHERE }),
  del({ name: "foreign", path: "/namespaces/other/actions/hello", status: 403, error: forbidden("other/hello") }),
  del({
    name: "a deprecated runtime",
    given: [anAction({ exec: { type: "code", kind: "aged:1", binary: false } })],
    status: 200,
  }),
  del({
    name: "a lost code does not matter",
    before: async ({ entities }) => void (await entities.put(anAction(), undefined, "none")),
    status: 200,
  }),
]);

const many = Array.from({ length: 35 }, (_, i) => anAction({ name: named(`a${i}`), updated: 1000 + i }));
cases("§1.8, §8.1 Lists of actions", [
  get({
    name: "newest first, 30 unless told",
    path: "/namespaces/_/actions",
    given: many,
    status: 200,
    after: ({ json }, _w, expect) =>
      expect(json.map((a) => (a as { name: string }).name)).toEqual(
        many
          .map((a) => a.name)
          .reverse()
          .slice(0, 30),
      ),
  }),
  get({
    name: "summaries",
    path: "/namespaces/_/actions",
    given: [anAction()],
    status: 200,
    after: ({ json }, _w, expect) =>
      expect(json).toEqual([
        {
          namespace: "guest",
          name: "hello",
          version: "0.0.1",
          publish: false,
          updated: anAction().updated,
          annotations: anAction().annotations,
          limits: anAction().limits,
          exec: { binary: false },
        },
      ]),
  }),
  get({
    name: "limit and skip",
    path: "/namespaces/_/actions?limit=2&skip=3",
    given: many,
    status: 200,
    json: [{ name: "a31" }, { name: "a30" }],
  }),
  get({
    name: "limit 0 means 200",
    path: "/namespaces/_/actions?limit=0",
    given: many,
    status: 200,
    after: ({ json }, _w, expect) => expect(json).toHaveLength(35),
  }),
  get({
    name: "count",
    path: "/namespaces/_/actions?count=true&limit=1&skip=3",
    given: many,
    status: 200,
    exactly: { actions: 32 },
  }),
  get({
    name: "count beyond the end",
    path: "/namespaces/_/actions?count=true&skip=99",
    given: many,
    status: 200,
    exactly: { actions: 0 },
  }),
  get({
    name: "packaged ones included",
    path: "/namespaces/_/actions",
    given: [pkg, packaged],
    status: 200,
    json: [{ namespace: "guest/p" }],
  }),
  get({ name: "foreign", path: "/namespaces/other/actions", status: 403, error: forbidden("other"), cors: true }),
  get({
    name: "of a package",
    path: "/namespaces/_/actions/p/",
    given: [pkg, packaged, anAction()],
    status: 200,
    json: [{ namespace: "guest/p" }],
  }),
  get({
    name: "of a package, counted",
    path: "/namespaces/_/actions/p/?count=true",
    given: [pkg, packaged, anAction()],
    status: 200,
    exactly: { actions: 1 },
  }),
  get({ name: "of a missing package", path: "/namespaces/_/actions/p/", status: 404, error: NOT_FOUND }),
  get({
    name: "of what is no package",
    path: "/namespaces/_/actions/hello/",
    given: [trigger],
    status: 409,
    error: ELSEWHERE,
  }),
  get({
    name: "of a foreign private package",
    path: "/namespaces/guest/actions/p/",
    as: "other",
    given: [pkg],
    status: 403,
    error: forbidden("guest/p"),
  }),
  get({
    name: "of a foreign shared package",
    path: "/namespaces/other/actions/s/",
    given: [shared, inShared],
    status: 200,
    json: [{ namespace: "other/s" }],
  }),
  get({
    name: "of a binding: the provider's",
    path: "/namespaces/_/actions/bound/",
    given: [shared, inShared, binding],
    status: 200,
    json: [{ namespace: "other/s" }],
  }),
  get({
    name: "bad name",
    path: "/namespaces/_/actions/x%23/",
    status: 400,
    error: "The name of the entity contains illegal characters.",
  }),
]);

const seq = (components: readonly unknown[], row: Partial<Case> & Pick<Case, "name" | "status">): Case =>
  put({ body: { exec: { kind: "sequence", components } }, ...row });
const a = anAction({ name: named("a") });
cases("§9 Sequences, when they are defined", [
  seq(["/_/a", "guest/a"], {
    name: "own components",
    given: [a],
    status: 200,
    json: {
      exec: { kind: "sequence", components: ["/guest/a", "/guest/a"] },
      parameters: [{ key: "_actions", value: ["/guest/a", "/guest/a"] }],
    },
  }),
  seq([{ path: "guest", name: "a", version: "0.0.1" }], {
    name: "as an object",
    given: [a],
    status: 200,
    json: { exec: { components: ["/guest/a"] } },
  }),
  seq([], { name: "empty", status: 400, error: "No component specified for the sequence.", cors: true }),
  seq(Array(51).fill("/_/a"), { name: "51", given: [a], status: 400, error: "Too many actions in the sequence." }),
  seq(Array(50).fill("/_/a"), { name: "50", given: [a], status: 200 }),
  seq(Array(26).fill("/_/two"), {
    name: "52 when counted out",
    given: [a, sequence("two", "/guest/a", "/guest/a")],
    status: 400,
    error: "Too many actions in the sequence.",
  }),
  seq(["/_/hello"], { name: "itself", status: 400, error: "Sequence may not refer to itself." }),
  seq(["/_/s"], {
    name: "itself inside another",
    path: `${hello}?overwrite=true`,
    given: [anAction(), sequence("s", "/guest/hello")],
    status: 400,
    error: "Sequence may not refer to itself.",
  }),
  seq(["/_/bound/hello"], {
    name: "itself through a binding",
    path: "/namespaces/_/actions/p/hello",
    given: [pkg, aPackage({ name: named("bound"), binding: { namespace: named("guest"), name: named("p") } })],
    status: 400,
    error: "Sequence may not refer to itself.",
  }),
  seq(["/_/none"], { name: "a missing component", status: 400, error: "Sequence component does not exist." }),
  seq(["/_/p/none"], {
    name: "a missing component in a package",
    given: [pkg],
    status: 400,
    error: "Sequence component does not exist.",
  }),
  seq(["/_/q/none"], { name: "a missing package", status: 404, error: NOT_FOUND }),
  seq(["/_/t"], {
    name: "a component that is a trigger",
    given: [aTrigger({ name: named("t") })],
    status: 409,
    error: ELSEWHERE,
  }),
  seq(["/_/t/x"], {
    name: "a package that is a trigger",
    given: [aTrigger({ name: named("t") })],
    status: 409,
    error: ELSEWHERE,
  }),
  seq(["/other/z", "/_/a", "/other/b"], {
    name: "foreign components",
    given: [a],
    status: 403,
    error: "The supplied authentication is not authorized to access 'other/b, other/z'.",
    cors: true,
  }),
  seq(["/other/z", "/other/p/b"], { name: "a foreign package ends it", status: 403, error: forbidden("other/p") }),
  seq(["/other/s/hello"], { name: "a shared package", given: [shared, inShared], status: 200 }),
  seq(["/_/a"], {
    name: "not a kind the namespace may use",
    given: [a],
    before: ({ subjects }) => subjects.putLimits("guest", { allowedKinds: ["nodejs:24"] }),
    status: 403,
    error: "The supplied authentication is not authorized to access actions of kind 'sequence'.",
  }),
  seq(["/_/none"], {
    name: "exists already, before what is in it",
    given: [anAction()],
    status: 409,
    error: "resource already exists",
  }),
  put({
    name: "to code: parameters go",
    path: `${hello}?overwrite=true`,
    given: [a, sequence("hello", "/guest/a")],
    status: 200,
    json: { parameters: [] },
  }),
]);
