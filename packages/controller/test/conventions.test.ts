import { anAction } from "@meringue/testkit";
import { type Case, cases, each } from "./cases.ts";

const NO_ROUTE = "The requested resource could not be found.";
const wrongMethod = (...methods: string[]) => `HTTP method not allowed, supported methods: ${methods.join(", ")}`;
const hello = "/namespaces/_/actions/hello";
const ID = "0123456789abcdef0123456789abcdef";

cases("§1.1 URLs: slashes at the end", [
  ...each(["/namespaces", "/namespaces/_/actions", "/namespaces/_/activations", "/namespaces/_/limits"], (path) => ({
    name: `${path} is a list without`,
    path,
    status: 200,
    cors: true,
  })),
  ...each(
    ["/namespaces/", "/namespaces/_/actions/", "/namespaces/_/activations/", "/namespaces/_/limits/"],
    (path) => ({
      name: `${path} is a list with`,
      path,
      status: 200,
      cors: true,
    }),
  ),
  { name: "an action's name with one means a package", path: `${hello}/`, given: [anAction()], status: 409 },
  { name: "an action in a package takes none", path: "/namespaces/_/actions/p/a/", status: 404, error: NO_ROUTE },
  {
    name: "a record takes one",
    path: `/namespaces/_/activations/${ID}/`,
    status: 404,
    error: "The requested resource does not exist.",
    cors: true,
  },
  {
    name: "a record's result takes none",
    path: `/namespaces/_/activations/${ID}/result/`,
    status: 404,
    error: NO_ROUTE,
  },
  { name: "a record's logs take none", path: `/namespaces/_/activations/${ID}/logs/`, status: 404, error: NO_ROUTE },
]);

cases("§1.1 URLs: what is no route under /api/v1 is 404, whatever the method", [
  ...each(
    [
      ["GET", "/nothing"],
      ["GET", "/namespaces/_"],
      ["GET", "/namespaces/_/nothing"],
      ["GET", "//api/v1//namespaces"],
      ["GET", "/Namespaces"],
      ["GET", `/namespaces/_/activations/${ID}/nothing`],
      ["GET", "/namespaces/_/actions/a/b/c"],
      ["PUT", "/namespaces"],
      ["PUT", "/namespaces/_/actions/"],
      ["PUT", "/namespaces/_/actions"],
      ["POST", "/namespaces/_/actions"],
      ["DELETE", "/namespaces/_/limits"],
      ["DELETE", `/namespaces/_/activations/${ID}`],
      ["POST", `/namespaces/_/activations/${ID}`],
      ["PATCH", hello],
      ["POST", ""],
    ] as const,
    ([method, path]) => ({ name: `${method} ${path}`, method, path, status: 404, error: NO_ROUTE, cors: false }),
  ),
  ...each(["/namespaces", hello, "/namespaces/_/activations"], (path) => ({
    name: `HEAD ${path}`,
    method: "HEAD",
    path,
    status: 404,
    text: "",
  })),
  { name: "without credentials it is 401", path: "/nothing", as: "nobody", status: 401, cors: false },
  {
    name: "TRACE is a wrong method even there",
    method: "TRACE",
    path: "/namespaces",
    status: 405,
    error: wrongMethod("GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"),
    answerHeaders: { allow: "GET, PUT, POST, DELETE, HEAD, OPTIONS, PATCH" },
  },
]);

cases("§1.1 URLs: elsewhere every other method is the wrong one", [
  ...each(
    [
      ["GET", "//unknown", ["OPTIONS"]],
      ["GET", "//api/v2", ["OPTIONS"]],
      ["GET", "//api/v1x", ["OPTIONS"]],
      ["POST", "//ping", ["GET", "OPTIONS"]],
      ["DELETE", "//", ["GET", "OPTIONS"]],
      ["PUT", "//invokers", ["GET", "OPTIONS"]],
      ["POST", "//activation/count", ["GET", "OPTIONS"]],
      ["GET", "//disable", ["POST", "OPTIONS"]],
    ] as const,
    ([method, path, allow]) => ({
      name: `${method} ${path.slice(1)}`,
      method,
      path,
      as: "nobody" as const,
      status: 405,
      error: wrongMethod(...allow),
      cors: false,
      answerHeaders: { allow: allow.join(", ") },
    }),
  ),
]);

cases("§1.1 URLs: decoding", [
  {
    name: "names are percent-decoded",
    path: "/namespaces/_/actions/a%20b%26c",
    given: [anAction({ name: "a b&c" as never })],
    status: 200,
    json: { name: "a b&c" },
  },
  { name: "a collection's name may be encoded too", path: "/namespaces/_/%61ctions", status: 200 },
  {
    name: "an encoded slash belongs to the name",
    path: "/namespaces/_/actions/a%2Fb",
    status: 400,
    error: "The name of the entity contains illegal characters.",
    cors: false,
  },
  {
    name: "a plus is a plus",
    path: "/namespaces/_/actions/a+b",
    status: 400,
    error: "The name of the entity contains illegal characters.",
  },
  ...each(["%zz", "%", "%ff", "%e2%28%a1"], (name) => ({
    name: `${name} cannot be decoded`,
    path: `/namespaces/_/actions/${name}`,
    status: 400,
    error: "The request's target is not correctly percent-encoded.",
  })),
  {
    name: "dot segments are resolved",
    path: "/namespaces/_/actions/../../guest/./actions/hello",
    given: [anAction()],
    status: 200,
    json: { name: "hello" },
  },
  { name: "dot segments do not lead above the root", path: "//../../ping", status: 200, text: "pong" },
  {
    name: "dots in a query stay",
    path: "/namespaces/_/activations?name=/..",
    status: 400,
    query: ["name", "Parameter may be a 'simple' name or 'package-name/simple' name: /.."],
  },
  { name: "a URL of 8192 characters is read", path: `/${"a".repeat(8192 - 8)}`, status: 404 },
  { name: "a longer one is not", path: `/${"a".repeat(8192 - 7)}`, as: "nobody", status: 414, cors: false },
  { name: "nor one that no default head would hold", path: `/${"a".repeat(30_000)}`, status: 414 },
]);

cases("§1.2 Which complaint wins", [
  {
    name: "too large a body before credentials",
    method: "PUT",
    path: hello,
    as: "nobody",
    headers: { "Content-Length": "52428801" },
    body: "",
    status: 413,
    text: "The request content is larger than the server is willing or able to process.",
  },
  { name: "credentials before names", path: "/namespaces/x%23/actions/y%23", as: "nobody", status: 401 },
  {
    name: "the namespace before the name",
    path: "/namespaces/x%23/actions/y%23",
    status: 400,
    error: "The namespace contains illegal characters.",
  },
  {
    name: "the package before the name",
    path: "/namespaces/_/actions/x%23/y%23",
    status: 400,
    error: "The name of the entity contains illegal characters.",
  },
  { name: "names before entitlement", path: "/namespaces/other/actions/y%23", status: 400 },
  { name: "entitlement before the query", path: "/namespaces/other/actions?limit=x", status: 403 },
  {
    name: "entitlement before the content type",
    method: "PUT",
    path: "/namespaces/other/actions/x",
    body: "x",
    status: 403,
  },
  {
    name: "the package before the content type",
    method: "PUT",
    path: "/namespaces/_/actions/p/x",
    body: "x",
    status: 404,
  },
  { name: "PUT: content type before the query", method: "PUT", path: `${hello}?overwrite=x`, body: "x", status: 415 },
  {
    name: "PUT: shape before the query",
    method: "PUT",
    path: `${hello}?overwrite=x`,
    body: { parameters: 1 },
    status: 400,
    malformed: "parameters malformed!",
  },
  {
    name: "PUT: sizes before the query",
    method: "PUT",
    path: `${hello}?overwrite=x`,
    body: { parameters: [{ key: "a", value: "x".repeat(1048576) }] },
    status: 413,
  },
  {
    name: "PUT: the query before the other fields",
    method: "PUT",
    path: `${hello}?overwrite=x`,
    body: { version: 1 },
    status: 400,
    query: ["overwrite", "'x' is not a valid Boolean value"],
  },
  {
    name: "PUT: the other fields before what exists",
    method: "PUT",
    path: hello,
    given: [anAction()],
    body: { version: 1 },
    status: 400,
    malformed: "semantic version malformed",
  },
  {
    name: "POST: size before the query",
    method: "POST",
    path: `${hello}?blocking=x`,
    body: { a: "x".repeat(1048576) },
    status: 413,
  },
  {
    name: "POST: the query before the content type",
    method: "POST",
    path: `${hello}?blocking=x`,
    body: "x",
    status: 400,
    query: ["blocking", "'x' is not a valid Boolean value"],
  },
  { name: "POST: the content type before what exists", method: "POST", path: hello, body: "x", status: 415 },
  {
    name: "POST: JSON before what exists",
    method: "POST",
    path: hello,
    body: [1],
    status: 400,
    malformed: "JSON object expected",
  },
]);

cases("§1.3 Headers", [
  {
    name: "X-Request-ID is echoed",
    path: "/namespaces",
    headers: { "X-Request-ID": "mine" },
    status: 200,
    answerHeaders: { "x-request-id": "mine" },
  },
  {
    name: "also on errors, where it is the code",
    path: "/nothing",
    headers: { "X-Request-ID": "mine" },
    status: 404,
    exactly: { error: NO_ROUTE, code: "mine" },
  },
  {
    name: "but not one of the system's own",
    path: "/namespaces",
    headers: { "X-Request-ID": "sid_mine" },
    status: 200,
    after: ({ headers }, _world, expect) => expect(headers["x-request-id"]).toMatch(/^[A-Za-z0-9]{32}$/),
  },
  {
    name: "without one there is a fresh one",
    path: "//ping",
    status: 200,
    after: ({ headers }, _world, expect) => expect(headers["x-request-id"]).toMatch(/^[A-Za-z0-9]{32}$/),
  },
  {
    name: "CORS headers under /api/v1",
    path: "/namespaces",
    status: 200,
    answerHeaders: {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent",
      "access-control-allow-methods": "GET, DELETE, POST, PUT, HEAD",
    },
  },
  { name: "CORS headers on errors of handlers", path: "/namespaces/_/actions/none", status: 404, cors: true },
  ...each(["//", "//ping", "//api-docs", "//docs"], (path) => ({
    name: `none on ${path.slice(1)}`,
    path,
    status: path === "//docs" ? 308 : 200,
    cors: false,
  })),
  ...each(["//invokers", "//invokers/ready", "//activation", "//activation/count"], (path) => ({
    name: `those of operators on ${path.slice(1)}`,
    path,
    as: "nobody" as const,
    status: 200,
    answerHeaders: { "access-control-allow-methods": "OPTIONS, GET, POST" },
  })),
  ...each(["//x", "//ping"], (path) => ({
    name: `OPTIONS ${path.slice(1)} without credentials`,
    method: "OPTIONS",
    path,
    as: "nobody" as const,
    status: 200,
    text: "OK",
    answerHeaders: { "access-control-allow-methods": "OPTIONS, GET, POST" },
  })),
  ...each(["/nothing", "/namespaces/_/actions", hello], (path) => ({
    name: `OPTIONS ${path} without credentials`,
    method: "OPTIONS",
    path,
    as: "nobody" as const,
    status: 200,
    text: "OK",
    answerHeaders: { "access-control-allow-methods": "GET, DELETE, POST, PUT, HEAD" },
  })),
]);

const unsupported = (type: string) =>
  `The request's Content-Type [${type}] is not supported. Expected:\napplication/json`;
const typed = (type: string | undefined, body: string, over: Partial<Case>): Case => ({
  name: `${over.method} of ${body === "" ? "nothing" : "something"} as ${type ?? "nothing"}`,
  path: hello,
  given: [anAction()],
  status: 202,
  body,
  ...(type === undefined ? {} : { headers: { "Content-Type": type } }),
  ...over,
});

cases("§1.4 Content negotiation", [
  typed(undefined, "{}", { method: "POST", status: 415, error: unsupported("application/octet-stream"), cors: false }),
  typed("text/plain", "{}", { method: "POST", status: 415, error: unsupported("text/plain"), cors: false }),
  typed("text/plain", "", { method: "POST", status: 415, error: unsupported("text/plain") }),
  typed("not a type", "{}", { method: "POST", status: 415, error: unsupported("not a type") }),
  typed("application/json; charset=utf-8", "{}", { method: "POST" }),
  typed("APPLICATION/JSON", "{}", { method: "POST" }),
  typed("application/json", "", { method: "POST" }),
  typed(undefined, "", { method: "POST" }),
  typed(undefined, "", { method: "PUT", status: 400, error: /^The request content was malformed:\n/ }),
  typed("application/json", "", { method: "PUT", status: 400, error: /^The request content was malformed:\n/ }),
  typed("text/plain", "{}", { method: "PUT", status: 415, error: unsupported("text/plain") }),
  ...each(
    [
      "*/*",
      "application/json",
      "application/*",
      "text/html, */*;q=0.1",
      "text/html, application/json;q=0.5",
      "",
      "rubbish",
    ],
    (accept) => ({ name: `accepted: ${accept}`, path: "/namespaces", headers: { Accept: accept }, status: 200 }),
  ),
  ...each(
    ["text/html", "application/xml", "application/json;q=0", "*/*, application/json;q=0", "text/*"],
    (accept) => ({
      name: `not acceptable: ${accept}`,
      path: "/namespaces",
      headers: { Accept: accept },
      status: 406,
      error: "Resource representation is only available with these types:\napplication/json",
      cors: false,
    }),
  ),
  { name: "errors ignore Accept", path: "/nothing", headers: { Accept: "text/html" }, status: 404, error: NO_ROUTE },
  {
    name: "failed invocations ignore Accept",
    method: "POST",
    path: `${hello}?blocking=true`,
    headers: { Accept: "text/html" },
    given: [anAction()],
    before: ({ dispatcher }) => dispatcher.behave(() => ({ statusCode: 1, result: { error: "x" } })),
    status: 502,
  },
]);

cases("§1.5 Bodies that are no good", [
  ...each(["{", "nope", '{"a":}', "{}{}", "\u0000"], (body) => ({
    name: JSON.stringify(body),
    method: "POST",
    path: hello,
    headers: { "Content-Type": "application/json" },
    body,
    status: 400,
    error: /^The request content was malformed:\n/,
    cors: false,
  })),
  {
    name: "no UTF-8",
    method: "POST",
    path: hello,
    headers: { "Content-Type": "application/json" },
    body: Buffer.from('{"a":"\xff"}', "latin1"),
    status: 400,
    malformed: "The body is not valid UTF-8.",
  },
  {
    name: "nested too deeply",
    method: "POST",
    path: hello,
    headers: { "Content-Type": "application/json" },
    body: `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`,
    status: 400,
    malformed: "The JSON is nested deeper than 1000 levels.",
  },
  {
    name: "brackets in strings do not nest",
    method: "POST",
    path: hello,
    given: [anAction()],
    body: { a: '[\\"['.repeat(2000) },
    status: 202,
  },
  {
    name: "60 MB in one piece",
    method: "PUT",
    path: hello,
    headers: { "Content-Type": "application/json" },
    body: Buffer.alloc(60_000_000, 0x20),
    status: 413,
    text: "The request content is larger than the server is willing or able to process.",
    cors: false,
  },
  {
    name: "60 MB in chunks",
    method: "PUT",
    path: hello,
    headers: { "Content-Type": "application/json", "Transfer-Encoding": "chunked" },
    body: Buffer.alloc(60_000_000, 0x20),
    status: 413,
    text: "The request content is larger than the server is willing or able to process.",
  },
  {
    name: "a member called __proto__ is one like any other",
    method: "POST",
    path: `${hello}?blocking=true&result=true`,
    given: [anAction({ parameters: [{ key: "b", value: 1 }] })],
    headers: { "Content-Type": "application/json" },
    body: '{"__proto__":{"x":1}}',
    status: 200,
    after: ({ text }, _world, expect) => expect(text).toBe('{"b":1,"__proto__":{"x":1}}'),
  },
]);

const listPaths = [
  ["actions", "/namespaces/_/actions"],
  ["activations", "/namespaces/_/activations"],
] as const;
cases(
  "§1.7 Query parameters of lists",
  listPaths.flatMap(([collection, path]): Case[] => [
    ...each(["0", "1", "200", "+5"], (limit) => ({
      name: `${collection}: limit ${limit}`,
      path: `${path}?limit=${encodeURIComponent(limit)}`,
      status: 200,
      exactly: [],
    })),
    ...each(["201", "-1"], (limit) => ({
      name: `${collection}: limit ${limit}`,
      path: `${path}?limit=${limit}`,
      status: 400,
      query: ["limit", `The value '${limit}' is not in the range of 0 to 200 for ${collection}.`],
      cors: false,
    })),
    ...each(["", "x", "1.5", "2147483648", "1e2"], (limit) => ({
      name: `${collection}: limit '${limit}'`,
      path: `${path}?limit=${limit}`,
      status: 400,
      query: ["limit", `The value '${limit}' is not an integer for ${collection}.`],
    })),
    {
      name: `${collection}: skip -1`,
      path: `${path}?skip=-1`,
      status: 400,
      query: ["skip", `The value '-1' is not greater than or equal to 0 for ${collection}.`],
    },
    ...each(["", "x", "1.5"], (skip) => ({
      name: `${collection}: skip '${skip}'`,
      path: `${path}?skip=${skip}`,
      status: 400,
      query: ["skip", `The value '${skip}' is not an integer for ${collection}.`],
    })),
    ...each(["true", "YES", "On", "1"], (count) => ({
      name: `${collection}: count ${count}`,
      path: `${path}?count=${count}`,
      status: 200,
      exactly: { [collection]: 0 },
    })),
    ...each(["false", "no", "OFF", "0", ""], (count) => ({
      name: `${collection}: count '${count}'`,
      path: `${path}?count=${count}`,
      status: 200,
      exactly: [],
    })),
    {
      name: `${collection}: count Maybe`,
      path: `${path}?count=Maybe`,
      status: 400,
      query: ["count", "'maybe' is not a valid Boolean value"],
    },
    {
      name: `${collection}: skip is complained about first`,
      path: `${path}?count=x&limit=x&skip=x`,
      status: 400,
      query: ["skip", `The value 'x' is not an integer for ${collection}.`],
    },
    {
      name: `${collection}: then limit`,
      path: `${path}?count=x&limit=x`,
      status: 400,
      query: ["limit", `The value 'x' is not an integer for ${collection}.`],
    },
    { name: `${collection}: unknown ones are ignored`, path: `${path}?public=x&nothing`, status: 200, exactly: [] },
    { name: `${collection}: of two the first counts`, path: `${path}?limit=1&limit=x`, status: 200 },
  ]),
);
