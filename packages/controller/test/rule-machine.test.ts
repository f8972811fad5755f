import type { Trigger } from "@meringue/core";
import { anAction, aTrigger } from "@meringue/testkit";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { ask } from "./ask.ts";
import { apply, type Model, type Operation, operation } from "./rule-model.ts";
import { slowStore } from "./slow-store.ts";
import { startWorld, type World } from "./world.ts";

const path = (name: string): string => `/_/${name}`;
function perform(world: World, op: Operation) {
  switch (op.kind) {
    case "create":
    case "upsert": {
      const body = { trigger: path(op.trigger), action: path(op.action) };
      return ask(world, "PUT", `/rules/${op.rule}?overwrite=${op.kind === "upsert"}`, body);
    }
    case "move":
      return ask(world, "PUT", `/rules/${op.rule}?overwrite=true`, { trigger: path(op.to) });
    case "retarget":
      return ask(world, "PUT", `/rules/${op.rule}?overwrite=true`, { action: path(op.to) });
    case "enable":
    case "disable":
      return ask(world, "POST", `/rules/${op.rule}`, { status: op.kind === "enable" ? "active" : "inactive" });
    case "delete":
      return ask(world, "DELETE", `/rules/${op.rule}`);
    case "get":
      return ask(world, "GET", `/rules/${op.rule}`);
    case "addTrigger":
      return ask(world, "PUT", `/triggers/${op.trigger}`, {});
    case "updateTrigger":
      return ask(world, "PUT", `/triggers/${op.trigger}?overwrite=true`, { parameters: [] });
    case "dropTrigger":
      return ask(world, "DELETE", `/triggers/${op.trigger}`);
    case "fire":
      return ask(world, "POST", `/triggers/${op.trigger}`, { x: 1 });
    case "addAction":
      return ask(world, "PUT", `/actions/${op.action}?overwrite=true`, { exec: { kind: "nodejs:24", code: "x" } });
    case "dropAction":
      return ask(world, "DELETE", `/actions/${op.action}`);
  }
}

async function step(world: World, model: Model, op: Operation): Promise<void> {
  const before = world.dispatcher.messages.length;
  const expected = apply(model, op);
  const answer = await perform(world, op);
  const told = JSON.stringify(op);
  expect(answer.status, `${told}: ${answer.text}`).toBe(expected.status);
  if (expected.ruleStatus !== undefined) expect(answer.json["status"], told).toBe(expected.ruleStatus);
  if (expected.ran === undefined) return;
  const ran = world.dispatcher.messages.slice(before);
  expect(ran.map((message) => message.action.id).sort(), told).toEqual(expected.ran);
  if (expected.told === undefined) return;
  const record = await world.deps.activations.get("guest", String(answer.json["activationId"]));
  const lines = record?.logs.map((line) => JSON.parse(line) as { rule: string; success: boolean }) ?? [];
  expect(Object.fromEntries(lines.map(({ rule, success }) => [rule, success])), told).toEqual(expected.told);
}

/** All that the triggers say of their rules is what the model says. */
async function compare(world: World, model: Model): Promise<void> {
  for (const [name, links] of model.triggers) {
    const { entity } = (await world.entities.get(`guest/${name}`)) as { entity: Trigger };
    const expected = [...links].map(([rule, { action, status }]) => [
      `guest/${rule}`,
      { action: { path: "guest", name: action }, status },
    ]);
    expect(entity.rules ?? {}).toEqual(Object.fromEntries(expected));
  }
  const rules = await world.entities.list({ type: "rule", path: "guest" }, { skip: 0, limit: 10 });
  expect(rules.map((each) => each.name).sort()).toEqual([...model.rules.keys()].sort());
}

const open: World[] = [];
async function world(...args: Parameters<typeof startWorld>): Promise<World> {
  const made = await startWorld(...args);
  open.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

describe("rules and triggers", () => {
  test("are what the contract says after any calls, whatever goes away behind them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 10, maxLength: 40 }), async (operations) => {
        const w = await world();
        await w.store(
          ...["t1", "t2"].map((name) => aTrigger({ name: name as never })),
          ...["a1", "a2"].map((name) => anAction({ name: name as never })),
        );
        const model: Model = {
          triggers: new Map([
            ["t1", new Map()],
            ["t2", new Map()],
          ]),
          actions: new Set(["a1", "a2"]),
          rules: new Map(),
        };
        for (const op of operations) await step(w, model, op);
        await compare(w, model);
        await open.pop()?.close();
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test("take fifty rules at once for one trigger, and all let go of it at once", async () => {
    const w = await world(slowStore());
    const { entities } = w.deps;
    for (const entity of [anAction(), aTrigger()]) await entities.put(entity, undefined, "none");
    const names = Array.from({ length: 50 }, (_, index) => `r${index}`);
    const body = { trigger: "/_/tick", action: "/_/hello" };
    const created = await Promise.all(names.map((name) => ask(w, "PUT", `/rules/${name}`, body)));
    expect(created.map((answer) => answer.json["status"])).toEqual(names.map(() => "active"));
    const changed = await Promise.all([
      ...names.map((name) => ask(w, "POST", `/rules/${name}`, { status: "inactive" })),
      ask(w, "PUT", "/triggers/tick?overwrite=true", { parameters: [{ key: "a", value: 1 }] }),
    ]);
    expect(changed.map((answer) => answer.status)).toEqual(changed.map(() => 200));
    const { entity } = (await entities.get("guest/tick")) as { entity: Trigger };
    expect(Object.keys(entity.rules ?? {})).toHaveLength(50);
    expect(Object.values(entity.rules ?? {}).every(({ status }) => status === "inactive")).toBe(true);
    expect(entity).toMatchObject({ version: "0.0.2", parameters: [{ key: "a", value: 1 }] });

    await Promise.all(names.map((name) => ask(w, "DELETE", `/rules/${name}`)));
    expect((await entities.get("guest/tick"))?.entity).toMatchObject({ rules: {} });
  });

  test("agree in the end when one rule is written to from all sides at once", async () => {
    const w = await world(slowStore());
    const { entities } = w.deps;
    const names = ["t1", "t2", "t3"];
    const triggers = names.map((name) => aTrigger({ name: name as never }));
    for (const entity of [anAction(), ...triggers]) await entities.put(entity, undefined, "none");
    await ask(w, "PUT", "/rules/r", { trigger: "/_/t1", action: "/_/hello" });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        index % 3 === 0
          ? ask(w, "POST", "/rules/r", { status: index % 2 === 0 ? "inactive" : "active" })
          : ask(w, "PUT", "/rules/r?overwrite=true", { trigger: `/_/${names[index % names.length]}` }),
      ),
    );
    const { json } = await ask(w, "GET", "/rules/r");
    const linked: string[] = [];
    for (const name of names) {
      const { entity } = (await entities.get(`guest/${name}`)) as { entity: Trigger };
      if (entity.rules?.["guest/r"] !== undefined) linked.push(name);
    }
    expect(linked).toEqual([(json["trigger"] as unknown as { name: string }).name]);
  });
});
