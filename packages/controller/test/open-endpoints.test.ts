import { type Case, cases, each } from "./cases.ts";

const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` });
const open = (row: Partial<Case> & Pick<Case, "name" | "path">): Case => ({ as: "nobody", status: 200, ...row });

cases("§2 What anybody may ask", [
  open({
    name: "ping",
    path: "//ping",
    text: "pong",
    cors: false,
    answerHeaders: { "content-type": "text/plain; charset=UTF-8" },
  }),
  open({
    name: "/",
    path: "//",
    cors: false,
    json: {
      description: "OpenWhisk",
      support: { github: "https://github.com/apache/openwhisk/issues", slack: "http://slack.openwhisk.org" },
      api_paths: ["/api/v1"],
      limits: {
        actions_per_minute: 60,
        triggers_per_minute: 60,
        concurrent_actions: 30,
        sequence_length: 50,
        default_min_action_duration: 100,
        default_max_action_duration: 300000,
        default_min_action_memory: 134217728,
        default_max_action_memory: 536870912,
        default_min_action_logs: 0,
        default_max_action_logs: 10485760,
        min_action_duration: 100,
        max_action_duration: 300000,
        min_action_memory: 134217728,
        max_action_memory: 536870912,
        min_action_logs: 0,
        max_action_logs: 10485760,
      },
    },
  }),
  open({
    name: "/ has the runtimes with exactly six fields",
    path: "//",
    after: ({ json }, _w, expect) => {
      const runtimes = (json as unknown as { runtimes: Record<string, object[]> }).runtimes;
      expect(Object.keys(runtimes["nodejs"]?.[0] ?? {}).sort()).toEqual([
        "attached",
        "default",
        "deprecated",
        "image",
        "kind",
        "requireMain",
      ]);
    },
  }),
  ...each(["/", ""], (path) =>
    open({
      name: `/api/v1${path}`,
      path,
      cors: true,
      exactly: {
        description: "OpenWhisk API",
        api_version: "1.0.0",
        api_version_path: "v1",
        build: "2026-01-01",
        buildno: "7",
        swagger_paths: { ui: "/docs", "api-docs": "/api-docs" },
      },
    }),
  ),
  ...each(["/api-docs", "/api-docs/"], (path) =>
    open({ name: `/api/v1${path}`, path, cors: true, json: { swagger: "2.0", basePath: "/api/v1" } }),
  ),
  ...each(["//api-docs", "//api-docs/"], (path) =>
    open({ name: path.slice(1), path, cors: false, json: { swagger: "2.0", basePath: "/" } }),
  ),
  open({
    name: "/api/v1/docs",
    path: "/docs",
    status: 308,
    cors: true,
    answerHeaders: { location: "docs/index.html?url=/api/v1/api-docs" },
  }),
  open({
    name: "/docs",
    path: "//docs",
    status: 308,
    cors: false,
    answerHeaders: { location: "docs/index.html?url=/api-docs" },
  }),
  open({
    name: "/docs/index.html",
    path: "//docs/index.html?url=/api-docs",
    answerHeaders: { "content-type": "text/html; charset=UTF-8" },
  }),
  ...each(
    [
      ["/docs/swagger-initializer.js", '"/api/v1/api-docs"'],
      ["//docs/swagger-initializer.js", '"/api-docs"'],
    ] as const,
    ([path, url]) =>
      open({ name: `${path} loads ${url}`, path, after: ({ text }, _w, expect) => expect(text).toContain(url) }),
  ),
  ...each(
    ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-32x32.png", "index.css"],
    (file) => open({ name: `/api/v1/docs/${file}`, path: `/docs/${file}` }),
  ),
  ...each(["package.json", "nothing", "..%2fpackage.json", "__proto__"], (file) =>
    open({ name: `/api/v1/docs/${file} is not served`, path: `/docs/${file}`, status: 404 }),
  ),
]);

const invokers = (...states: readonly ("up" | "unhealthy" | "unresponsive" | "down")[]): Pick<Case, "deps"> => ({
  deps: { invokerStatus: () => states.map((status, index) => ({ name: `invoker${index}/${index}`, status })) },
});
cases("§2 What operators ask", [
  ...each(["//invokers", "//invokers/"], (path) =>
    open({
      name: path.slice(1),
      path,
      ...invokers("up", "down"),
      cors: true,
      exactly: { "invoker0/0": "up", "invoker1/1": "down" },
    }),
  ),
  open({
    name: "/invokers/healthy/count",
    path: "//invokers/healthy/count",
    ...invokers("up", "down", "up"),
    text: "2",
    answerHeaders: { "content-type": "application/json" },
  }),
  open({
    name: "/invokers/ready: all",
    path: "//invokers/ready",
    ...invokers("up", "up"),
    exactly: { healthy: "2/2" },
  }),
  open({
    name: "/invokers/ready: not all",
    path: "//invokers/ready",
    ...invokers("up", "unhealthy", "unresponsive"),
    status: 500,
    exactly: { unhealthy: "2/3" },
  }),
  open({
    name: "/invokers/ready: none",
    path: "//invokers/ready",
    ...invokers(),
    status: 500,
    exactly: { unhealthy: "0/0" },
  }),
  ...each(["//activation", "//activation/"], (path) => open({ name: `${path.slice(1)}: nothing`, path, exactly: [] })),
  open({ name: "/activation/count: nothing", path: "//activation/count", text: "0" }),
  open({
    name: "/disable",
    method: "POST",
    path: "//disable",
    headers: basic("controller.user:controller.pass"),
    text: "controller is disabled",
    after: (_a, world, expect) => expect(world.disabled()).toBe(true),
  }),
  open({
    name: "/disable with a wrong password",
    method: "POST",
    path: "//disable",
    headers: basic("controller.user:x"),
    status: 401,
    error: "username or password are wrong.",
    after: (_a, world, expect) => expect(world.disabled()).toBe(false),
  }),
  ...each([{}, { Authorization: "Bearer x" }], (headers) =>
    open({
      name: `/disable with ${JSON.stringify(headers)}`,
      method: "POST",
      path: "//disable",
      headers,
      status: 401,
      error: "Authentication is possible but has failed or not yet been provided.",
    }),
  ),
  open({
    name: "/disable under a configured name",
    method: "POST",
    path: "//disable",
    deps: { admin: { username: "u", password: "p:q" } },
    headers: basic("u:p:q"),
    text: "controller is disabled",
  }),
]);

const CHALLENGE = 'Basic realm="OpenWhisk secure realm",charset=UTF-8';
const MISSING = "The resource requires authentication, which was not supplied with the request";
const INVALID = "The supplied authentication is invalid";
const UUID = "00000000-0000-0000-0000-000000000000";
cases("§3 Credentials", [
  open({
    name: "none",
    path: "/namespaces",
    status: 401,
    error: MISSING,
    cors: false,
    answerHeaders: { "www-authenticate": CHALLENGE },
  }),
  open({ name: "an empty header", path: "/namespaces", headers: { Authorization: "" }, status: 401, error: MISSING }),
  ...each(["Bearer abc", "Basic", "Basic !!!", "Basic ", "rubbish", "Digest username=x"], (value) =>
    open({
      name: `'${value}'`,
      path: "/namespaces",
      headers: { Authorization: value },
      status: 401,
      error: INVALID,
      cors: false,
      answerHeaders: { "www-authenticate": CHALLENGE },
    }),
  ),
  ...each(
    [
      `${UUID}:${"a".repeat(63)}`,
      `${UUID}:${"a".repeat(65)}`,
      `${UUID}:`,
      `${UUID}`,
      `:${"a".repeat(64)}`,
      `${UUID}:${"a".repeat(64)}`,
    ],
    (text) => open({ name: `'${text}'`, path: "/namespaces", headers: basic(text), status: 401, error: INVALID }),
  ),
  {
    name: "a key of a blocked subject",
    path: "/namespaces",
    before: async ({ subjects }) => {
      const subject = await subjects.get("guest-subject");
      if (subject !== undefined) await subjects.put({ ...subject, blocked: true });
    },
    status: 401,
    error: INVALID,
  },
  { name: "the scheme in lower case", path: "/namespaces", status: 200, before: () => {}, exactly: ["guest"] },
  {
    name: "a store that fails",
    path: "/namespaces",
    before: ({ subjects }) => {
      subjects.findByKey = async () => {
        throw new Error("down");
      };
    },
    status: 500,
    text: "There was an internal server error.",
    unlabelled: true,
  },
]);

cases("§6.3, §7 Namespaces and their limits", [
  { name: "the key's own namespace", path: "/namespaces", status: 200, exactly: ["guest"], cors: true },
  { name: "another key's", path: "/namespaces/", as: "other", status: 200, exactly: ["other"] },
  ...each(["_", "guest"], (namespace) => ({
    name: `limits of ${namespace}`,
    path: `/namespaces/${namespace}/limits`,
    status: 200,
    cors: true,
    exactly: {
      invocationsPerMinute: 60,
      concurrentInvocations: 30,
      firesPerMinute: 60,
      maxActionInstances: 30,
      minActionMemory: 128,
      maxActionMemory: 512,
      minActionLogs: 0,
      maxActionLogs: 10,
      minActionTimeout: 100,
      maxActionTimeout: 300000,
      minActionConcurrency: 1,
      maxActionConcurrency: 1,
      maxParameterSize: "1048576 B",
    },
  })),
  {
    name: "limits that are set",
    path: "/namespaces/_/limits",
    before: ({ subjects }) =>
      subjects.putLimits("guest", {
        invocationsPerMinute: 1,
        allowedKinds: ["nodejs:24"],
        storeActivations: false,
        maxPayloadSize: "1 MB",
      }),
    status: 200,
    json: { invocationsPerMinute: 1, allowedKinds: ["nodejs:24"], storeActivations: false, maxPayloadSize: "1 MB" },
  },
  {
    name: "limits of another namespace",
    path: "/namespaces/other/limits",
    status: 403,
    error: "The supplied authentication is not authorized to access 'other'.",
    cors: true,
  },
  {
    name: "limits of something",
    path: "/namespaces/_/limits/x",
    status: 400,
    error: "Inner entity level routes for limits are not yet implemented.",
  },
  {
    name: "a bad namespace",
    path: "/namespaces/a%20/limits",
    status: 400,
    error: "The namespace contains illegal characters.",
    cors: false,
  },
]);
