import { anAction, aPackage, aTrigger } from "@meringue/testkit";
import openwhisk from "openwhisk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startWorld, type World } from "./world.ts";

describe("the npm client, for packages, triggers and rules,", () => {
  let world: World;
  let client: ReturnType<typeof openwhisk>;
  let other: ReturnType<typeof openwhisk>;

  beforeEach(async () => {
    world = await startWorld();
    client = openwhisk({ apihost: world.url, api_key: world.guest.authKey, namespace: "_" });
    other = openwhisk({ apihost: world.url, api_key: world.other.authKey, namespace: "_" });
  });

  afterEach(() => world.close());

  test("creates, updates, reads, lists and deletes a package", async () => {
    const created = await client.packages.create({ name: "pkg", package: { publish: true } } as never);
    expect(created).toMatchObject({ version: "0.0.1", publish: true, binding: {} });
    expect(await client.packages.update({ name: "pkg", package: { parameters: [] } } as never)).toMatchObject({
      version: "0.0.2",
    });
    await world.store(anAction({ namespace: "guest/pkg" }));
    expect(await client.packages.get({ name: "pkg" })).toMatchObject({ actions: [{ name: "hello" }], feeds: [] });
    expect(await client.packages.list()).toMatchObject([{ name: "pkg", binding: false }]);
    await expect(client.packages.delete({ name: "pkg" })).rejects.toThrow(
      /409.*Package not empty \(contains 1 entity\)/s,
    );
    await client.actions.delete({ name: "pkg/hello" });
    expect(await client.packages.delete({ name: "pkg" })).toMatchObject({ name: "pkg" });
  });

  test("binds to a shared package of somebody else, and runs its actions as oneself", async () => {
    await other.packages.create({ name: "s", package: { publish: true } } as never);
    await other.actions.create({ name: "s/hello", action: "function main(args) { return args }" });
    await client.packages.create({
      name: "bound",
      package: { binding: { namespace: "other", name: "s" }, parameters: [{ key: "a", value: 1 }] },
    } as never);
    expect(await client.packages.get({ name: "bound" })).toMatchObject({ actions: [{ name: "hello" }] });
    const result = await client.actions.invoke({ name: "bound/hello", blocking: true, result: true, params: { b: 2 } });
    expect(result).toEqual({ a: 1, b: 2 });
    expect(await client.activations.list()).toMatchObject([{ namespace: "guest", name: "hello" }]);
    await expect(other.packages.get({ name: "/guest/bound" })).rejects.toThrow(/403/);

    await other.packages.update({ name: "s", package: { publish: false } } as never);
    await expect(client.actions.invoke({ name: "bound/hello" })).rejects.toThrow(/403.*'guest\/bound'/s);
  });

  test("creates, updates, reads, lists, fires and deletes a trigger", async () => {
    const created = await client.triggers.create({
      name: "tick",
      trigger: { parameters: [{ key: "a", value: 1 }] },
    } as never);
    expect(created).toMatchObject({ name: "tick", limits: {}, version: "0.0.1" });
    expect(await client.triggers.update({ name: "tick" } as never)).toMatchObject({ version: "0.0.2" });
    expect(await client.triggers.get({ name: "tick" })).toMatchObject({ parameters: [{ key: "a", value: 1 }] });
    expect(await client.triggers.list()).toMatchObject([{ name: "tick" }]);
    await client.triggers.invoke({ name: "tick", params: { b: 2 } });
    expect(world.dispatcher.messages).toEqual([]);
    expect(await client.triggers.delete({ name: "tick" })).toMatchObject({ name: "tick" });
    await expect(client.triggers.get({ name: "tick" })).rejects.toThrow(/404/);
  });

  test("creates, reads, lists, disables, enables and deletes a rule, and what fires follows", async () => {
    await world.store(anAction(), aTrigger());
    const created = await client.rules.create({ name: "r", action: "hello", trigger: "tick" });
    expect(created).toMatchObject({
      status: "active",
      trigger: { path: "guest", name: "tick" },
      action: { path: "guest", name: "hello" },
    });
    const { activationId } = (await client.triggers.invoke({ name: "tick", params: { b: 2 } })) as {
      activationId: string;
    };
    expect(world.dispatcher.messages).toMatchObject([{ args: { b: 2 } }]);
    expect(await client.activations.get({ name: activationId })).toMatchObject({
      name: "tick",
      response: { result: { b: 2 }, success: true },
    });

    await client.rules.disable({ name: "r" });
    expect(await client.rules.get({ name: "r" })).toMatchObject({ status: "inactive" });
    await client.triggers.invoke({ name: "tick" });
    expect(world.dispatcher.messages).toHaveLength(1);
    await client.rules.enable({ name: "r" });
    expect(await client.rules.get({ name: "r" })).toMatchObject({ status: "active" });
    expect(await client.rules.list()).toMatchObject([{ name: "r" }]);
    expect(await client.rules.update({ name: "r", action: "hello", trigger: "tick" })).toMatchObject({
      version: "0.0.2",
    });
    expect(await client.rules.delete({ name: "r" })).toMatchObject({ status: "inactive" });
  });

  test("sees a whole namespace", async () => {
    await world.store(anAction(), aTrigger(), aPackage());
    expect(await client.namespaces.get({ namespace: "guest" } as never)).toMatchObject({
      actions: [{ name: "hello" }],
      packages: [{ name: "pkg" }],
      triggers: [{ name: "tick" }],
      rules: [],
    });
  });

  test("creates a feed's trigger and calls the feed with who is to fire it", async () => {
    await world.store(anAction({ annotations: [{ key: "feed", value: true }] }), aTrigger());
    await client.feeds.create({ feedName: "hello", trigger: "tick", params: { cron: "* * * * *" } } as never);
    expect(world.dispatcher.messages).toMatchObject([
      {
        blocking: true,
        args: {
          lifecycleEvent: "CREATE",
          triggerName: "/_/tick",
          authKey: world.guest.authKey,
          cron: "* * * * *",
        },
      },
    ]);
  });
});
