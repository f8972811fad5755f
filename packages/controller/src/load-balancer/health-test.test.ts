import { DEFAULT_MANIFEST, parseManifest } from "@meringue/core";
import { fakeClock, memoryEntityStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import { anInvoker } from "../../test/placement-world.ts";
import { healthTest } from "./health-test.ts";
import { invokerStatuses } from "./invoker-statuses.ts";

function world(manifest: unknown = DEFAULT_MANIFEST) {
  const entities = memoryEntityStore();
  const limits = {
    timeoutMs: [100, 60_000, 300_000],
    memoryMb: [128, 256, 512],
    logsMb: [0, 10, 10],
  } as const;
  const make = () =>
    healthTest({ entities, manifest: parseManifest(manifest), limits, controller: "3", clock: fakeClock() });
  return { entities, make };
}

describe("the test of invokers", () => {
  test("is an action in the store, of the least memory, whose records nobody keeps", async ({ expect }) => {
    const { entities, make } = world();
    const { action, user } = await make();
    const stored = await entities.get("whisk.system/invokerHealthTestAction3");

    expect(stored?.entity).toEqual(action.action);
    expect(action).toMatchObject({ id: stored?.id, rev: "", action: { limits: { memory: 128, logs: 0 } } });
    expect(user).toMatchObject({ subject: "whisk.system", limits: { storeActivations: false } });
    const code = await entities.getCode(stored?.id ?? "", stored?.rev ?? "");
    expect(Buffer.from(code ?? []).toString()).toBe("function main(params) { return params; }");
  });

  test("is stored anew by a controller that starts again", async ({ expect }) => {
    const { entities, make } = world();
    await make();
    const before = await entities.get("whisk.system/invokerHealthTestAction3");
    await make();
    expect((await entities.get("whisk.system/invokerHealthTestAction3"))?.rev).not.toBe(before?.rev);
  });

  test("cannot be without a runtime for it", async ({ expect }) => {
    await expect(world({ runtimes: {} }).make()).rejects.toThrow("no nodejs");
  });
});

describe("the invokers as the API shows them", () => {
  test("have the original's names and words; one that drains is down", ({ expect }) => {
    const infos = [
      anInvoker(0, { uniqueName: "w0", displayedName: "first" }),
      anInvoker(1, { uniqueName: "w1", health: "draining" }),
      anInvoker(2, { health: "offline" }),
      anInvoker(3, { health: "unresponsive" }),
    ];
    expect(invokerStatuses(infos)).toEqual([
      { name: "invoker0/w0/first", status: "up" },
      { name: "invoker1/w1", status: "down" },
      { name: "invoker2", status: "down" },
      { name: "invoker3", status: "unresponsive" },
    ]);
  });
});
