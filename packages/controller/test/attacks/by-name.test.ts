import type { Json } from "@meringue/core";
import { describe, expect, test } from "vitest";
import { type Attack, attacks, besiege, each, noAccess, VICTIMS_ID } from "./siege.ts";

const CODE = { exec: { kind: "nodejs:24", code: "mine" } };
const RULE = { trigger: "/other/bell", action: "/other/hidden" };

interface Target {
  readonly path: string;
  readonly body: Json;
  readonly methods: readonly string[];
}

/** Everything in the victim's namespace that has a name, with all that can be asked of it. */
const TARGETS: readonly Target[] = [
  { path: "actions/hidden", body: CODE, methods: ["GET", "PUT", "DELETE", "POST"] },
  { path: "actions/line", body: CODE, methods: ["GET", "PUT", "DELETE", "POST"] },
  { path: "actions/vault/hidden", body: CODE, methods: ["GET", "PUT", "DELETE", "POST"] },
  { path: "actions/lent/hidden", body: CODE, methods: ["GET", "PUT", "DELETE", "POST"] },
  { path: "actions/shop/goods", body: CODE, methods: ["PUT", "DELETE"] },
  { path: "packages/vault", body: {}, methods: ["GET", "PUT", "DELETE"] },
  { path: "packages/lent", body: {}, methods: ["GET", "PUT", "DELETE"] },
  { path: "packages/shop", body: {}, methods: ["PUT", "DELETE"] },
  { path: "triggers/bell", body: {}, methods: ["GET", "PUT", "DELETE", "POST"] },
  { path: "rules/ring", body: RULE, methods: ["GET", "PUT", "DELETE"] },
];

const LISTS = ["actions", "triggers", "rules", "activations", "limits", "actions/vault/", "actions/lent/"];

attacks("§4 Attack: by the name of what is another's", [
  ...TARGETS.flatMap(({ path, body, methods }) =>
    methods.flatMap((method) =>
      each(["", "?overwrite=true&force=true&blocking=true"], (query): Attack => {
        const row = { method, path: `/other/${path}${query}`, status: 403 };
        return { ...row, name: `${method} ${row.path}`, ...(method === "PUT" || method === "POST" ? { body } : {}) };
      }),
    ),
  ),
  {
    name: "POST /other/rules/ring",
    method: "POST",
    path: "/other/rules/ring",
    body: { status: "inactive" },
    status: 403,
    error: noAccess("other/ring"),
  },
  ...each(LISTS, (path) => ({ name: `GET /other/${path}`, method: "GET", path: `/other/${path}`, status: 403 })),
  {
    name: "GET /other/packages shows what is shared, and no binding",
    method: "GET",
    path: "/other/packages",
    status: 200,
    after: ({ json }) => expect(json.map((pkg) => (pkg as { name: string }).name)).toEqual(["shop"]),
  },
  {
    name: "GET /other/packages?count=true does not count what is private",
    method: "GET",
    path: "/other/packages?count=true",
    status: 200,
    after: ({ json }) => expect(json).toEqual({ packages: 1 }),
  },
  {
    name: "GET of the victim's limits",
    method: "GET",
    path: "/other/limits/",
    status: 403,
    error: noAccess("other"),
  },
]);

attacks("§4 Attack: by a name that is spelled otherwise", [
  ...each(
    ["%6fther", "o%74her", "other%20", "OTHER", "other.", "%5f/../other", "_/../other", "./other"],
    (namespace) => ({
      name: `GET /${namespace}/actions/hidden`,
      method: "GET",
      path: `/${namespace}/actions/hidden`,
      status: namespace === "other%20" ? 400 : 403,
    }),
  ),
  ...each(
    [
      "/_/actions/..%2f..%2fother%2factions%2fhidden",
      "/_/actions/other%2fhidden",
      "/_/actions/vault%2fhidden",
      "/_%2f..%2fother/actions/hidden",
      "/guest%2fother/actions/hidden",
      "/_/actions/%2fother%2fhidden",
      "/_/actions/hidden%00",
      "/_/packages/..%2fother%2fvault",
      "/_/triggers/..%2fother%2fbell",
      "/_/rules/..%2fother%2fring",
      "/%00other/actions/hidden",
      "/other%00/actions/hidden",
      "//api/v1/namespaces/other%2Factions/hidden",
    ],
    (path) => ({
      name: `GET ${path}`,
      method: "GET",
      path,
      status: path.startsWith("//") ? 404 : 400,
    }),
  ),
  ...each(
    ["X-OW-Namespace", "X-Namespace", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-User", "__ow_user"],
    (name) => ({
      name: `GET /_/actions/hidden with ${name}: other`,
      method: "GET",
      path: "/_/actions/hidden",
      headers: { [name]: name.endsWith("URL") ? "/api/v1/namespaces/other/actions/hidden" : "other" },
      status: 404,
    }),
  ),
  ...each(["namespace=other", "ns=other", "_=other", "subject=other-subject", "path=other"], (query) => ({
    name: `GET /_/actions?${query}`,
    method: "GET",
    path: `/_/actions?${query}`,
    status: 200,
    after: ({ json }) => expect(json).toEqual([expect.objectContaining({ namespace: "guest", name: "own" })]),
  })),
]);

attacks("§4 Attack: by `_`, which is the caller's own namespace and nobody else's", [
  ...each(["actions/hidden", "actions/vault/hidden", "packages/vault", "triggers/bell", "rules/ring"], (path) => ({
    name: `GET /_/${path}`,
    method: "GET",
    path: `/_/${path}`,
    status: 404,
  })),
  ...each(["actions", "packages", "triggers", "rules", "activations"], (collection) => ({
    name: `GET /_/${collection}?limit=200 lists nothing of a namespace whose name begins like the caller's`,
    method: "GET",
    path: `/_/${collection}?limit=200`,
    status: 200,
    after: ({ json }) => {
      for (const row of json as { namespace: string }[]) expect(row.namespace).toBe("guest");
    },
  })),
  {
    name: "GET /other/actions/shop/ lists nothing of a package whose name begins like it",
    method: "GET",
    path: "/other/actions/shop/?limit=200",
    status: 200,
    after: ({ json }) =>
      expect(json.map((row) => (row as { namespace: string }).namespace)).toEqual(Array(4).fill("other/shop")),
  },
  {
    name: "POST of a trigger of one's own runs no rule of another's on one of the same name",
    before: ({ attack }) => attack("PUT", "/_/triggers/bell", {}),
    method: "POST",
    path: "/_/triggers/bell",
    body: {},
    status: 204,
  },
  ...each(
    [
      { namespace: "other", name: "hidden" },
      { _id: "other/hidden", _rev: "1" },
      { entityType: "package", path: "other" },
      { subject: "other-subject", uuid: "x" },
    ],
    (body) => ({
      name: `PUT /_/actions/mine with ${JSON.stringify(body)} in its body`,
      method: "PUT",
      path: "/_/actions/mine",
      body: { ...CODE, ...body },
      status: 200,
      after: ({ json }) => expect(json).toMatchObject({ namespace: "guest", name: "mine" }),
    }),
  ),
]);

attacks("§4 Attack: by the id of an activation of another namespace", [
  ...["", "/", "/logs", "/result"].flatMap((rest): Attack[] => [
    { name: `GET /_/activations/ID${rest}`, method: "GET", path: `/_/activations/${VICTIMS_ID}${rest}`, status: 404 },
    {
      name: `GET /other/activations/ID${rest}`,
      method: "GET",
      path: `/other/activations/${VICTIMS_ID}${rest}`,
      status: 403,
      error: noAccess(`other/${VICTIMS_ID}`),
    },
  ]),
  ...each(["?docs=true", "?name=hidden", "?name=vault/hidden", "?since=0&limit=200", "?count=true"], (query) => ({
    name: `GET /_/activations${query}`,
    method: "GET",
    path: `/_/activations${query}`,
    status: 200,
    after: ({ json }) => expect(json).toEqual(query === "?count=true" ? { activations: 0 } : []),
  })),
  ...each(["%2e%2e%2fother%2f", "..%2f"], (prefix) => ({
    name: `GET /_/activations/${prefix}ID`,
    method: "GET",
    path: `/_/activations/${prefix}${VICTIMS_ID}`,
    status: 400,
  })),
]);

type Question = [method: string, path: string, body?: Json];

describe("§4 Attack: by asking what there is", () => {
  const RANDOM = "nothingofthis";
  const questions: Question[] = [
    ...["GET", "DELETE", "POST"].map((method) => [method, "/other/actions/hidden"] satisfies Question),
    ...["GET", "DELETE", "POST"].map((method) => [method, "/other/actions/vault/hidden"] satisfies Question),
    ["GET", "/other/packages/vault"],
    ["GET", "/other/packages/bell"],
    ["GET", "/other/packages/hidden"],
    ["GET", "/other/triggers/bell"],
    ["GET", "/other/rules/ring"],
    ["PUT", "/other/actions/hidden", CODE],
    ["PUT", "/_/packages/b", { binding: { namespace: "other", name: "vault" } }],
    ["PUT", "/_/packages/b", { binding: { namespace: "other", name: "hidden" } }],
    ["PUT", "/_/rules/r", { trigger: "/_/poke", action: "/other/hidden" }],
    ["PUT", "/_/rules/r", { trigger: "/_/poke", action: "/other/vault/hidden" }],
    ["PUT", "/_/rules/r", { trigger: "/other/bell", action: "/_/own" }],
    ["PUT", "/_/actions/s", { exec: { kind: "sequence", components: ["/other/hidden"] } }],
    ["PUT", "/_/actions/s", { exec: { kind: "sequence", components: ["/other/vault/hidden"] } }],
  ];

  /** The answer but for the name and the id, which are the caller's own words. */
  const shape = (text: string, name: string) => text.replaceAll(name, "NAME").replace(/"code":"\w+"/, "");

  test.each(questions)(
    "%s %s %j tells nothing about whether it is there",
    async (...[method, path, body]: Question) => {
      const siege = await besiege();
      const words = /hidden|vault|bell|ring/;
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const asked = `${path}${sent ?? ""}`;
      const name = words.exec(asked)?.[0] ?? "";
      const replaced = (text: string): string => text.replaceAll(name, RANDOM);
      const there = await siege.attack(method, path, body);
      const nowhere = await siege.attack(
        method,
        replaced(path),
        sent === undefined ? undefined : (JSON.parse(replaced(sent)) as Json),
      );
      expect([nowhere.status, shape(nowhere.text, RANDOM)]).toEqual([there.status, shape(there.text, name)]);
      expect(there.status).toBe(403);
      await siege.close();
    },
  );
});
