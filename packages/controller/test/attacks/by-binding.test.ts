import { describe, expect, test } from "vitest";
import { type Attack, attacks, besiege, each, noAccess, SECRET, type Siege } from "./siege.ts";

const toVault = { binding: { namespace: "other", name: "vault" } };
const closeShop = ({ defend }: Siege) => defend("PUT", "/other/packages/shop?overwrite=true", { publish: false });

attacks("§4 Attack: by binding to what is private", [
  ...each(
    ["vault", "shop2", "lent", "hidden", "bell"],
    (name): Attack => ({
      name: `PUT of a binding to other/${name}`,
      method: "PUT",
      path: "/_/packages/mine",
      body: { binding: { namespace: "other", name } },
      status: 403,
      error: noAccess(`other/${name}`),
      after: async ({ status }, { attack }) => {
        expect(status).toBe(403);
        expect((await attack("GET", "/_/packages/mine")).status).toBe(404);
      },
    }),
  ),
  {
    name: "PUT that turns a binding round to it",
    method: "PUT",
    path: "/_/packages/bound?overwrite=true",
    body: toVault,
    status: 403,
    error: noAccess("other/vault"),
    after: async (_answer, { attack }) =>
      expect((await attack("GET", "/_/packages/bound")).json).toMatchObject({ binding: { name: "shop" } }),
  },
  {
    name: "PUT of a binding in the victim's namespace",
    method: "PUT",
    path: "/other/packages/mine",
    body: { binding: { namespace: "guest", name: "own" } },
    status: 403,
    error: noAccess("other/mine"),
  },
  ...each(
    ["PUT", "DELETE"],
    (method): Attack => ({
      name: `${method} of an action through a binding`,
      method,
      path: "/_/actions/bound/goods?overwrite=true",
      ...(method === "PUT" ? { body: { exec: { kind: "nodejs:24", code: "mine" } } } : {}),
      status: 400,
      error: "Operation not permitted on package binding.",
    }),
  ),
  {
    name: "DELETE of a binding with force leaves what it points to",
    method: "DELETE",
    path: "/_/packages/bound?force=true",
    status: 200,
  },
]);

const READS: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/_/packages/bound"],
  ["GET", "/_/actions/bound/"],
  ["GET", "/_/actions/bound/goods"],
  ["GET", "/_/actions/bound/goods?code=false"],
  ["GET", "/_/actions/bound/nothing"],
  ["POST", "/_/actions/bound/goods"],
  ["POST", "/_/actions/bound/goods?blocking=true&result=true"],
  ["POST", "/_/actions/bound/line"],
  ["POST", "/_/actions/bound/feed"],
];

attacks("§4 Attack: by a binding to a package that was made private later", [
  ...READS.map(
    ([method, path]): Attack => ({
      name: `${method} ${path}`,
      before: async (siege) => {
        // In every memory there is: the answer was good until now.
        await siege.attack(method, path);
        await closeShop(siege);
      },
      method,
      path,
      status: 403,
      error: noAccess("guest/bound"),
    }),
  ),
  ...READS.map(
    ([method, path]): Attack => ({
      name: `${method} ${path} when it was deleted, and came back private`,
      before: async (siege) => {
        await siege.attack(method, path);
        await siege.defend("DELETE", "/other/packages/shop?force=true");
        await siege.defend("PUT", "/other/packages/shop", { parameters: [{ key: "secret", value: SECRET }] });
        await siege.defend("PUT", "/other/actions/shop/goods", { exec: { kind: "nodejs:24", code: SECRET } });
      },
      method,
      path,
      status: 403,
      error: noAccess("guest/bound"),
    }),
  ),
  {
    name: "PUT on such a binding shows nothing of what it points to",
    before: async (siege) => {
      await siege.defend("PUT", "/other/packages/shop?overwrite=true", {
        publish: false,
        parameters: [{ key: "secret", value: SECRET }],
      });
    },
    method: "PUT",
    path: "/_/packages/bound?overwrite=true",
    body: { parameters: [{ key: "a", value: 1 }] },
    status: 200,
    after: ({ json }) => expect(json["parameters"]).toEqual([{ key: "a", value: 1 }]),
  },
]);

/** A chain that was made while every link was allowed: the victim's package became a binding afterwards. */
const chained = async ({ defend }: Siege): Promise<void> => {
  await defend("DELETE", "/other/packages/shop?force=true");
  await defend("PUT", "/other/packages/shop", { publish: true, binding: { namespace: "other", name: "vault" } });
};

attacks("§4 Attack: by a chain of bindings", [
  ...READS.map(
    ([method, path]): Attack => ({
      name: `${method} ${path}, whose package has become a binding to a private one`,
      before: chained,
      method,
      path,
      status: 403,
      error: noAccess("guest/bound"),
    }),
  ),
  {
    name: "GET of an action behind the chain",
    before: chained,
    method: "GET",
    path: "/_/actions/bound/hidden",
    status: 403,
    error: noAccess("guest/bound"),
  },
  {
    name: "a binding to one's own binding",
    method: "PUT",
    path: "/_/packages/twice",
    body: { binding: { namespace: "_", name: "bound" } },
    status: 400,
    error: "Cannot bind to another package binding.",
  },
  {
    name: "a circle of two of one's own, through the victim's name",
    before: async ({ attack }) => {
      await attack("PUT", "/_/packages/one", {});
      await attack("PUT", "/_/packages/two", { binding: { namespace: "_", name: "one" } });
      await attack("DELETE", "/_/packages/one");
    },
    method: "PUT",
    path: "/_/packages/one",
    body: { binding: { namespace: "_", name: "two" } },
    status: 400,
  },
]);

describe("§4 Attack: by what a binding has run", () => {
  test("the record, the log and the result are the caller's, and not the provider's", async () => {
    const siege = await besiege();
    const { attack, defend } = siege;
    const run = await attack("POST", "/_/actions/bound/goods?blocking=true", { mine: SECRET });
    const id = String(run.json["activationId"]);
    expect(run.json).toMatchObject({ namespace: "guest", subject: "guest-subject" });
    for (const rest of ["", "/logs", "/result"]) {
      expect((await attack("GET", `/_/activations/${id}${rest}`)).status).toBe(200);
      const provider = await defend("GET", `/_/activations/${id}${rest}`);
      expect([provider.status, provider.text.includes(SECRET)]).toEqual([404, false]);
      expect((await defend("GET", `/guest/activations/${id}${rest}`)).status).toBe(403);
    }
    for (const query of ["", "?docs=true", "?name=shop/goods", "?name=goods"]) {
      expect((await defend("GET", `/_/activations${query}`)).text).not.toContain(id);
    }
    await siege.close();
  });

  test("they stay the caller's when the package is made private", async () => {
    const siege = await besiege();
    const { attack } = siege;
    const run = await attack("POST", "/_/actions/bound/goods?blocking=true");
    await closeShop(siege);
    expect((await attack("POST", "/_/actions/bound/goods")).status).toBe(403);
    expect((await attack("GET", `/_/activations/${String(run.json["activationId"])}/logs`)).status).toBe(200);
    await siege.close();
  });
});

const FEED = { lifecycleEvent: "CREATE", triggerName: "/guest/poke", authKey: "x" };

attacks("§4 Attack: by a feed", [
  {
    name: "of a private package",
    method: "POST",
    path: "/other/actions/vault/feed?blocking=true",
    body: FEED,
    status: 403,
    error: noAccess("other/vault"),
  },
  {
    name: "through a binding, whose package was made private",
    before: closeShop,
    method: "POST",
    path: "/_/actions/bound/feed?blocking=true",
    body: FEED,
    status: 403,
    error: noAccess("guest/bound"),
  },
  {
    name: "that the victim's binding has",
    method: "POST",
    path: "/other/actions/lent/feed?blocking=true",
    body: FEED,
    status: 403,
    error: noAccess("other/lent"),
  },
  {
    name: "that a trigger of one's own names: nothing is run by naming it",
    method: "PUT",
    path: "/_/triggers/listening",
    body: { annotations: [{ key: "feed", value: "/other/vault/feed" }] },
    status: 200,
  },
  {
    name: "that such a trigger names, when it is fired",
    before: ({ attack }) =>
      attack("PUT", "/_/triggers/listening", { annotations: [{ key: "feed", value: "/other/vault/feed" }] }),
    method: "POST",
    path: "/_/triggers/listening",
    body: {},
    status: 204,
  },
  {
    name: "of a shared package runs, for the caller: its record is the caller's",
    method: "POST",
    path: "/_/actions/bound/feed?blocking=true",
    body: { triggerName: "/other/bell" },
    status: 200,
    runs: 1,
    after: ({ json }, { world }) => {
      expect(json).toMatchObject({ namespace: "guest" });
      expect(world.dispatcher.messages[0]?.user.namespace.name).toBe("guest");
    },
  },
]);
