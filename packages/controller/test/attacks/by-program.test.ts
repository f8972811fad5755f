import type { Json } from "@meringue/core";
import { describe, expect, test } from "vitest";
import { doing } from "../programs.ts";
import { type Attack, attacks, besiege, each, noAccess, SECRET, type Siege } from "./siege.ts";

const OUT_OF_REACH: readonly (readonly [name: string, refused: string])[] = [
  ["/other/hidden", "other/hidden"],
  ["/other/line", "other/line"],
  ["/other/vault/hidden", "other/vault"],
  ["/other/lent/hidden", "other/lent"],
  ["/other/shop2/hidden", "other/shop2"],
  ["other/hidden", "other/hidden"],
  ["//other//hidden", "other/hidden"],
  ["/guest2/hidden", "guest2/hidden"],
];

const sequence = (...components: readonly Json[]): Json => ({
  exec: { kind: "sequence", components: [...components] },
});
const closeShop = ({ defend }: Siege) => defend("PUT", "/other/packages/shop?overwrite=true", { publish: false });

attacks("§4 Attack: by a sequence that names another's private action", [
  ...OUT_OF_REACH.map(
    ([name, refused]): Attack => ({
      name: `made of ${name}`,
      method: "PUT",
      path: "/_/actions/mine",
      body: sequence("/_/own", name),
      status: 403,
      error: noAccess(refused),
    }),
  ),
  ...each(
    [
      { path: "other", name: "hidden" },
      { path: "other/vault", name: "hidden" },
    ],
    (name): Attack => ({
      name: `made of ${JSON.stringify(name)}`,
      method: "PUT",
      path: "/_/actions/mine",
      body: sequence(name),
      status: 403,
    }),
  ),
  {
    name: "changed to it",
    before: ({ attack }) => attack("PUT", "/_/actions/mine", sequence("/_/own")),
    method: "PUT",
    path: "/_/actions/mine?overwrite=true",
    body: sequence("/other/hidden"),
    status: 403,
    error: noAccess("other/hidden"),
  },
  {
    name: "with its parameter `_actions` written over",
    before: ({ attack }) =>
      attack("PUT", "/_/actions/mine", {
        exec: { kind: "sequence", components: ["/_/own"] },
        parameters: [{ key: "_actions", value: ["/other/hidden"] }],
      }),
    method: "POST",
    path: "/_/actions/mine?blocking=true",
    body: { _actions: ["/other/hidden"] },
    status: 200,
    runs: 1,
    after: (_answer, { world }) => expect(world.dispatcher.messages[0]?.action.id).toBe("guest/own"),
  },
  {
    name: "through a binding that was private in the meantime",
    before: async (siege) => {
      await siege.attack("PUT", "/_/actions/mine", sequence("/_/bound/goods"));
      await closeShop(siege);
    },
    method: "POST",
    path: "/_/actions/mine?blocking=true",
    status: 403,
    error: noAccess("guest/bound"),
  },
  {
    name: "of a package that was made private in the meantime",
    before: async (siege) => {
      await siege.attack("PUT", "/_/actions/mine", sequence("/other/shop/goods"));
      await closeShop(siege);
    },
    method: "POST",
    path: "/_/actions/mine?blocking=true",
    status: 403,
    error: noAccess("other/shop"),
  },
  {
    name: "of the victim's own making, which is shared while what it runs is not",
    method: "POST",
    path: "/other/actions/shop/line?blocking=true",
    status: 403,
    error: noAccess("other/vault"),
  },
  {
    name: "the same inside one of the attacker's",
    before: ({ attack }) => attack("PUT", "/_/actions/mine", sequence("/other/shop/line")),
    method: "PUT",
    path: "/_/actions/mine?overwrite=true",
    body: sequence("/other/shop/line"),
    status: 400,
    error: "Sequence component does not exist.",
  },
]);

/** A rule on the attacker's trigger that was allowed when it was made. */
const ruled =
  (action: string) =>
  async (siege: Siege): Promise<void> => {
    await siege.attack("PUT", "/_/rules/r", { trigger: "/_/poke", action });
    await closeShop(siege);
  };

attacks("§4 Attack: by a rule that names what is another's", [
  ...OUT_OF_REACH.map(
    ([name, refused]): Attack => ({
      name: `its action ${name}`,
      method: "PUT",
      path: "/_/rules/r",
      body: { trigger: "/_/poke", action: name },
      status: 403,
      error: noAccess(refused),
    }),
  ),
  ...each(
    ["/other/bell", "other/bell", "/guest2/bell"],
    (trigger): Attack => ({
      name: `its trigger ${trigger}`,
      method: "PUT",
      path: "/_/rules/r",
      body: { trigger, action: "/_/own" },
      status: 403,
    }),
  ),
  ...each(
    ["other/shop/vault", "other/vault/shop", "guest/other/vault", "other/x/vault"],
    (path): Attack => ({
      name: `its action in the path ${path}`,
      method: "PUT",
      path: "/_/rules/r",
      body: { trigger: "/_/poke", action: { path, name: "hidden" } },
      status: path === "guest/other/vault" ? 404 : path.endsWith("shop") ? 400 : 403,
    }),
  ),
  {
    name: "changed to its action",
    before: ({ attack }) => attack("PUT", "/_/rules/r", { trigger: "/_/poke", action: "/_/own" }),
    method: "PUT",
    path: "/_/rules/r?overwrite=true",
    body: { action: "/other/vault/hidden" },
    status: 403,
    error: noAccess("other/vault"),
  },
  ...each(
    ["/other/shop/goods", "/_/bound/goods"],
    (action): Attack => ({
      name: `${action}, private by the time the trigger is fired`,
      before: ruled(action),
      method: "POST",
      path: "/_/triggers/poke",
      body: {},
      status: 202,
      after: async ({ json }, { attack }) => {
        const { json: record } = await attack("GET", `/_/activations/${String(json["activationId"])}`);
        const refused = action.startsWith("/_") ? "guest/bound" : "other/shop";
        expect(JSON.parse(String((record["logs"] as string[])[0]))).toMatchObject({
          success: false,
          error: noAccess(refused),
        });
      },
    }),
  ),
  {
    name: "that is switched on again when its action has become private",
    before: ruled("/other/shop/goods"),
    method: "POST",
    path: "/_/rules/r",
    body: { status: "active" },
    status: 200,
    after: async (_answer, { attack, world }) => {
      await attack("POST", "/_/triggers/poke", {});
      expect(world.dispatcher.messages).toEqual([]);
    },
  },
  {
    name: "POST of the victim's trigger",
    method: "POST",
    path: "/other/triggers/bell",
    body: {},
    status: 403,
    error: noAccess("other/bell"),
  },
]);

/** An action of the attacker's that names another as the next one. */
const leading =
  (action: Json) =>
  async (siege: Siege): Promise<void> => {
    await siege.attack("PUT", "/_/actions/lead", {
      exec: { kind: "nodejs:24", code: "lead" },
      annotations: [{ key: "conductor", value: true }],
    });
    await doing({ lead: (args) => ("error" in args ? args : { action }), hidden: () => ({ SECRET }) }).before?.(
      siege.world,
    );
  };

describe("§4 Attack: by a conductor that names another's private action", () => {
  test.each<Json>([
    ...OUT_OF_REACH.map(([name]) => name).filter((name) => name.startsWith("/")),
    "/other/hidden/",
    "/_/../other/hidden",
    "/guest/../other/hidden",
  ])("%s", async (action) => {
    const siege = await besiege();
    await leading(action)(siege);
    const answer = await siege.attack("POST", "/_/actions/lead?blocking=true");
    const ran = siege.world.dispatcher.messages.map((message) => message.action.id);
    expect(new Set(ran)).toEqual(new Set(["guest/lead"]));
    expect(answer.text).not.toContain(SECRET);
    expect(JSON.stringify(answer.json["response"])).toMatch(
      /Failed (entitlement check for action with name|to parse action name from json value) .* during composition\./,
    );
    await siege.close();
  });

  test("what the victim shares is run for the attacker, who names what it may run itself", async () => {
    const siege = await besiege();
    await doing({ lead: (args) => ("error" in args ? args : { action: "/other/hidden" }) }).before?.(siege.world);
    const answer = await siege.attack("POST", "/other/actions/shop/lead?blocking=true");
    expect(answer.json["response"]).toMatchObject({
      result: { error: "Failed entitlement check for action with name 'other/hidden' during composition." },
    });
    await siege.close();
  });
});
