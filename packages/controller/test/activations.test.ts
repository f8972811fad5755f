import type { RunningLogs } from "@meringue/core";
import { anActivation } from "@meringue/testkit";
import { type Case, cases, each } from "./cases.ts";
import type { World } from "./world.ts";

const ID = "0123456789abcdef0123456789abcdef";
const list = "/namespaces/_/activations";
const NOT_FOUND = "The requested resource does not exist.";
const activation = anActivation({ activationId: ID, cause: "f".repeat(32) });
const keep =
  (...kept: readonly ReturnType<typeof anActivation>[]) =>
  async ({ deps }: World) => {
    for (const each of kept) await deps.activations.put(each);
  };
const running = (owner: string): RunningLogs => ({
  logsOf: (namespace, id) => (namespace === owner && id === ID ? ["so far"] : undefined),
});
const get = (row: Partial<Case> & Pick<Case, "name" | "status">): Case => ({
  path: `${list}/${ID}`,
  before: keep(activation),
  ...row,
});
const ids =
  (expected: readonly string[]): NonNullable<Case["after"]> =>
  ({ json }, _world, expect) => {
    expect(json.map((each) => (each as { activationId: string }).activationId)).toEqual(expected);
  };

cases("§16.1, §16.2 One activation", [
  get({
    name: "the record",
    status: 200,
    cors: true,
    exactly: {
      namespace: "guest",
      name: "hello",
      version: "0.0.1",
      publish: false,
      subject: "guest",
      activationId: ID,
      start: activation.start,
      end: activation.end,
      duration: 60,
      cause: activation.cause,
      response: { status: "success", success: true, result: { greeting: "Hello, Ada" }, size: 25 },
      logs: activation.logs,
      annotations: activation.annotations,
    },
  }),
  get({
    name: "its result is the whole response",
    path: `${list}/${ID}/result`,
    status: 200,
    exactly: { status: "success", success: true, result: { greeting: "Hello, Ada" }, size: 25 },
  }),
  get({ name: "its logs", path: `${list}/${ID}/logs`, status: 200, exactly: { logs: activation.logs } }),
  get({
    name: "a trigger's has no end",
    before: keep(anActivation({ activationId: ID, end: 0 })),
    status: 200,
    after: ({ json }, _w, expect) => {
      expect(json).not.toHaveProperty("end");
      expect(json).not.toHaveProperty("duration");
    },
  }),
  get({
    name: "logs so far of one that runs",
    path: `${list}/${ID}/logs`,
    before: () => undefined,
    deps: { running: running("guest") },
    status: 200,
    cors: true,
    exactly: { logs: ["so far"] },
  }),
  ...each(["", "/result"], (suffix) =>
    get({
      name: `one that runs is not there yet${suffix}`,
      path: `${list}/${ID}${suffix}`,
      before: () => undefined,
      deps: { running: running("guest") },
      status: 404,
      error: NOT_FOUND,
    }),
  ),
  get({
    name: "logs of one that runs for another namespace, by id",
    path: `${list}/${ID}/logs`,
    before: () => undefined,
    deps: { running: running("other") },
    status: 404,
    error: NOT_FOUND,
  }),
  get({
    name: "logs of one that runs for another namespace, by its name",
    path: `/namespaces/other/activations/${ID}/logs`,
    before: () => undefined,
    deps: { running: running("other") },
    status: 403,
    error: `The supplied authentication is not authorized to access 'other/${ID}'.`,
  }),
  ...each(["", "/result", "/logs"], (suffix) =>
    get({
      name: `missing${suffix}`,
      path: `${list}/${"f".repeat(32)}${suffix}`,
      status: 404,
      error: NOT_FOUND,
      cors: true,
    }),
  ),
  ...each(["", "/result", "/logs"], (suffix) =>
    get({
      name: `foreign${suffix}`,
      path: `/namespaces/guest/activations/${ID}${suffix}`,
      as: "other",
      status: 403,
      error: `The supplied authentication is not authorized to access 'guest/${ID}'.`,
      cors: true,
    }),
  ),
  get({
    name: "an id too short",
    path: `${list}/abc`,
    status: 400,
    error: "Activation id length is 3 but must be 32.",
    cors: false,
  }),
  get({
    name: "an id too long",
    path: `${list}/${ID}0`,
    status: 400,
    error: "Activation id length is 33 but must be 32.",
  }),
  get({
    name: "an id in upper case",
    path: `${list}/${ID.toUpperCase()}`,
    status: 400,
    error: "The activation id is not valid.",
    cors: false,
  }),
  get({
    name: "the id is checked before who may see it",
    path: "/namespaces/guest/activations/abc",
    as: "other",
    status: 400,
    error: "Activation id length is 3 but must be 32.",
  }),
  get({
    name: "a bad namespace before the id",
    path: "/namespaces/x%23/activations/abc",
    status: 400,
    error: "The namespace contains illegal characters.",
  }),
]);

const packaged = (path: string, binding?: string) => [
  { key: "path", value: path },
  ...(binding === undefined ? [] : [{ key: "binding", value: binding }]),
];
const kept = [
  anActivation({ activationId: "1".repeat(32), name: "a", start: 1000, end: 1010, annotations: packaged("guest/a") }),
  anActivation({ activationId: "2".repeat(32), name: "b", start: 2000, end: 2010, annotations: packaged("guest/p/b") }),
  anActivation({
    activationId: "3".repeat(32),
    name: "b",
    start: 3000,
    end: 3010,
    annotations: packaged("other/s/b", "guest/bound"),
  }),
  anActivation({ activationId: "4".repeat(32), name: "b", start: 4000, end: 0, annotations: [] }),
];
const [one, two, three, four] = kept.map(({ activationId }) => activationId) as [string, string, string, string];
const find = (row: Partial<Case> & Pick<Case, "name">): Case => ({
  before: keep(...kept),
  path: list,
  status: 200,
  ...row,
});
const badName = (name: string): Case =>
  find({
    name: `name ${name}`,
    path: `${list}?name=${encodeURIComponent(name)}`,
    status: 400,
    query: ["name", `Parameter may be a 'simple' name or 'package-name/simple' name: ${name}`],
    cors: false,
  });

cases("§16.1, §16.3 Lists of activations", [
  find({ name: "newest start first", cors: true, after: ids([four, three, two, one]) }),
  find({
    name: "summaries",
    path: `${list}?name=a`,
    exactly: [
      {
        namespace: "guest",
        name: "a",
        version: "0.0.1",
        publish: false,
        annotations: packaged("guest/a"),
        activationId: one,
        start: 1000,
        end: 1010,
        duration: 10,
        statusCode: 0,
      },
    ],
  }),
  find({
    name: "a summary without an end has no status either",
    path: `${list}?limit=1`,
    after: ({ json }, _w, expect) => {
      expect(json[0]).not.toHaveProperty("end");
      expect(json[0]).not.toHaveProperty("statusCode");
    },
  }),
  find({
    name: "docs: records",
    path: `${list}?docs=true&name=a`,
    json: [{ subject: "guest", response: { status: "success" }, logs: activation.logs }],
  }),
  find({ name: "name: in the default package, and triggers", path: `${list}?name=b`, after: ids([four]) }),
  find({ name: "name: in a package", path: `${list}?name=p/b`, after: ids([two]) }),
  find({ name: "name: through a binding", path: `${list}?name=bound/b`, after: ids([three]) }),
  find({ name: "name: slashes more or less", path: `${list}?name=/p//b/`, after: ids([two]) }),
  ...each(["", "%20%20"], (name) =>
    find({ name: `name blank '${name}'`, path: `${list}?name=${name}`, after: ids([four, three, two, one]) }),
  ),
  badName("a/b/c"),
  badName("a#"),
  badName("/"),
  badName("-a"),
  find({ name: "since, inclusive", path: `${list}?since=3000`, after: ids([four, three]) }),
  find({ name: "upto, inclusive", path: `${list}?upto=2000`, after: ids([two, one]) }),
  find({ name: "since and upto", path: `${list}?since=2000&upto=3000`, after: ids([three, two]) }),
  ...(["since", "upto"] as const).flatMap((key) =>
    each(["x", "", "1.5", "99999999999999999999"], (value) =>
      find({
        name: `${key} '${value}'`,
        path: `${list}?${key}=${value}`,
        status: 400,
        query: [key, `Parameter is not a valid value for epoch seconds: ${value}`],
        cors: false,
      }),
    ),
  ),
  find({ name: "skip and limit", path: `${list}?skip=1&limit=2`, after: ids([three, two]) }),
  find({ name: "count", path: `${list}?count=true`, exactly: { activations: 4 } }),
  find({
    name: "count honours name, since, upto and skip",
    path: `${list}?count=true&since=1&upto=9999&name=p/b&skip=0`,
    exactly: { activations: 1 },
  }),
  find({ name: "count and skip", path: `${list}?count=true&skip=3&limit=1`, exactly: { activations: 1 } }),
  find({
    name: "count with docs",
    path: `${list}?count=true&docs=true`,
    status: 400,
    error: "The parameter 'docs' is not permitted with 'count'.",
    cors: true,
  }),
  find({ name: "docs=x", path: `${list}?docs=x`, status: 400, query: ["docs", "'x' is not a valid Boolean value"] }),
  find({
    name: "docs is complained about before name",
    path: `${list}?docs=x&name=a/b/c`,
    status: 400,
    query: ["docs", "'x' is not a valid Boolean value"],
  }),
  find({
    name: "name before since",
    path: `${list}?name=a/b/c&since=x`,
    status: 400,
    query: ["name", "Parameter may be a 'simple' name or 'package-name/simple' name: a/b/c"],
  }),
  find({
    name: "since before count with docs",
    path: `${list}?count=1&docs=1&since=x`,
    status: 400,
    query: ["since", "Parameter is not a valid value for epoch seconds: x"],
  }),
  find({
    name: "foreign",
    path: "/namespaces/guest/activations",
    as: "other",
    status: 403,
    error: "The supplied authentication is not authorized to access 'guest'.",
    cors: true,
  }),
]);
