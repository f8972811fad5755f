import { type ActivationMessage, lockedNames, parameterLocks, toObject } from "@meringue/core";
import { describe, test } from "vitest";
import { invokerWorld, messageFor } from "./invoker-world.ts";

const aes256 = (fill: number) => parameterLocks({ current: "aes-256", keys: { "aes-256": [Buffer.alloc(32, fill)] } });
const locks = aes256(1);

/** A message with a locked argument `pin`, one that goes to the environment, and one in plain. */
function lockedMessage(): ActivationMessage {
  const list = locks.lock([
    { key: "pin", value: ["secret-pin"] },
    { key: "STAGE", value: "secret-stage", init: true },
  ]);
  const args = { ...toObject(list), name: "Ada" };
  return messageFor({}, { args, initArgs: ["STAGE"], lockedArgs: lockedNames(list) });
}

describe("an activation with locked parameters", () => {
  test("is shown to the action in plain, and noted in the journal as it came", async ({ expect }) => {
    const message = lockedMessage();
    const held = Promise.withResolvers<void>();
    const world = invokerWorld({
      parameterLocks: locks,
      script: async ({ kind }) => {
        if (kind === "run") await held.promise;
        return {};
      },
    });
    const { result } = await world.invoker.dispatch(message);
    const [left] = await world.journal.restarted().unsettled();
    held.resolve();
    const record = await result;

    expect(record.response).toMatchObject({ statusCode: 0 });
    const calls = world.runtime.containers.flatMap((container) => container.calls);
    expect(calls).toMatchObject([
      { kind: "init", value: { env: { STAGE: "secret-stage" } } },
      { kind: "run", body: { value: { pin: ["secret-pin"], name: "Ada" } } },
    ]);
    expect(left?.message).toEqual(message);
    expect(JSON.stringify(left)).not.toContain("secret-");
  });

  test.for([
    ["another key", { parameterLocks: aes256(2) }],
    ["no key", {}],
  ] as const)("fails by itself under %s, and says which parameter and no more", async ([, over], { expect }) => {
    const world = invokerWorld(over);
    const record = await world.ran(lockedMessage());

    expect(record.response).toEqual({
      statusCode: 3,
      result: { error: "The parameter 'pin' is encrypted and none of the server's keys opens it." },
    });
    expect(world.events.filter((event) => event === "init" || event === "run")).toEqual([]);
    expect((await world.ran()).response.statusCode).toBe(0);
    expect(world.warnings).toEqual([]);
  });

  test("fails in a warm container too, which stays for those who come after", async ({ expect }) => {
    const world = invokerWorld();
    await world.ran();
    expect((await world.ran(lockedMessage())).response.statusCode).toBe(3);
    expect((await world.ran()).response.statusCode).toBe(0);

    expect(world.runtime.counts.created).toBe(1);
  });

  test("is run after a kill by a server that has the key", async ({ expect }) => {
    const message = lockedMessage();
    const world = invokerWorld({ parameterLocks: locks, creating: () => new Promise(() => {}) });
    await world.invoker.dispatch(message);
    const next = world.killed({
      parameterLocks: locks,
      script: (call) => (call.kind === "run" ? { body: call.body["value"] ?? null } : {}),
    });
    expect(await next.invoker.recover()).toBe(1);
    while (next.invoker.inFlight().length > 0) await new Promise((resolve) => setImmediate(resolve));

    expect((await next.stored(message))?.response.result).toEqual({ pin: ["secret-pin"], name: "Ada" });
  });
});
