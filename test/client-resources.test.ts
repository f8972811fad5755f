import { type ServerProcess, startServer } from "@meringue/testkit";
import openwhisk from "openwhisk";
import { afterAll, beforeAll, describe, test } from "vitest";

/** Its types are narrower than what it does: options that its README has, and fields that servers answer. */
interface Resource {
  create(options: object): Promise<Entity>;
  update(options: object): Promise<Entity>;
  get(options: object | string): Promise<Entity>;
  delete(options: object | string): Promise<Entity>;
  list(options?: object): Promise<Entity[] & Record<string, number>>;
  invoke(options: object): Promise<Entity>;
  enable(options: object): Promise<Entity>;
  disable(options: object): Promise<Entity>;
  logs(options: object): Promise<Entity>;
  result(options: object): Promise<Entity>;
}
type Entity = Readonly<Record<string, unknown>>;
type ResourceName = "actions" | "activations" | "feeds" | "namespaces" | "packages" | "rules" | "triggers";
type Client = Readonly<Record<ResourceName, Resource>>;

const ECHO = "function main(params) { return params; }";
/** Keeps nothing: what it answers is what it was asked, which is what a feed's caller can see of it. */
const FEED = `
function main({ lifecycleEvent, triggerName, authKey, ...params }) {
  if (!["CREATE", "READ", "UPDATE", "DELETE"].includes(lifecycleEvent)) return { error: "unsupported lifecycleEvent" };
  return { lifecycleEvent, triggerName, authKey, params };
}`;

describe("npm openwhisk, unchanged", () => {
  let server: ServerProcess;
  let client: Client;

  beforeAll(async () => {
    server = await startServer();
    client = openwhisk({ apihost: server.url, api_key: server.guestKey }) as unknown as Client;
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  /** Records appear when the activation has ended: clients poll. */
  async function activationsOf(name: string, count = 1): Promise<Entity[]> {
    for (;;) {
      const found = await client.activations.list({ name, docs: true });
      if (found.length >= count) return found;
    }
  }

  test("keeps what actions are made with: parameters, annotations, limits, a version", async ({ expect }) => {
    const made = await client.actions.create({
      name: "made",
      action: ECHO,
      params: { greeting: "hello" },
      annotations: { note: "kept" },
      limits: { timeout: 5_000, memory: 128 },
      version: "1.2.3",
    });
    expect(made).toMatchObject({ name: "made", namespace: "guest", version: "1.2.3" });

    const got = await client.actions.get("made");
    expect(got).toMatchObject({
      parameters: [{ key: "greeting", value: "hello" }],
      annotations: expect.arrayContaining([{ key: "note", value: "kept" }]),
      limits: { timeout: 5_000, memory: 128 },
      exec: { code: ECHO, binary: false },
    });
    expect(await client.actions.get({ name: "made", code: false })).not.toHaveProperty("exec.code");
    expect(await client.actions.list({ count: true })).toMatchObject({ actions: expect.any(Number) });
    await expect(client.actions.create({ name: "made", action: ECHO })).rejects.toMatchObject({ statusCode: 409 });
  });

  test("makes a sequence, and deletes several actions at once", async ({ expect }) => {
    await client.actions.create({ name: "first", action: "const main = ({ n }) => ({ n: n + 1 });" });
    await client.actions.create({ name: "second", action: "const main = ({ n }) => ({ n: n * 10 });" });
    await client.actions.create({ name: "both", sequence: ["/_/first", "/guest/second"] });

    expect(await client.actions.invoke({ name: "both", blocking: true, result: true, params: { n: 1 } })).toEqual({
      n: 20,
    });
    const deleted = client.actions.delete(["both", "first", "second"]) as unknown as Promise<Entity[]>;
    expect((await deleted).map(({ name }) => name)).toEqual(["both", "first", "second"]);
  });

  test("makes, lists, updates and deletes packages, and binds them", async ({ expect }) => {
    const parameters = [{ key: "greeting", value: "hello" }];
    await client.packages.create({ name: "greetings", package: { publish: true, parameters } });
    await client.actions.create({ name: "greetings/echo", action: ECHO });
    const binding = { namespace: "guest", name: "greetings" };
    await client.packages.create({ name: "bound", package: { binding, parameters: [{ key: "to", value: "Ada" }] } });

    expect(await client.packages.get("greetings")).toMatchObject({ publish: true, actions: [{ name: "echo" }] });
    expect(await client.packages.get("bound")).toMatchObject({
      binding,
      parameters: [...parameters, { key: "to", value: "Ada" }],
      actions: [{ name: "echo" }],
    });
    expect(await client.actions.invoke({ name: "bound/echo", blocking: true, result: true })).toEqual({
      greeting: "hello",
      to: "Ada",
    });
    expect((await client.packages.list()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["bound", "greetings"]),
    );
    expect(await client.packages.list({ count: true })).toMatchObject({ packages: expect.any(Number) });
    const updated = await client.packages.update({
      name: "greetings",
      package: { annotations: [{ key: "a", value: 1 }] },
    });
    expect(updated).toMatchObject({ version: "0.0.2" });
    await expect(client.packages.delete("greetings")).rejects.toMatchObject({ statusCode: 409 }); // it is not empty

    await client.actions.delete("greetings/echo");
    await client.packages.delete("bound");
    await client.packages.delete("greetings");
    await expect(client.packages.get("greetings")).rejects.toMatchObject({ statusCode: 404 });
  });

  test("makes, lists, updates, fires and deletes triggers", async ({ expect }) => {
    const parameters = [{ key: "where", value: "north" }];
    await client.triggers.create({ name: "rang", trigger: { parameters }, annotations: { bell: true } });

    expect(await client.triggers.get("rang")).toMatchObject({
      name: "rang",
      parameters,
      annotations: [{ key: "bell", value: true }],
    });
    expect((await client.triggers.list()).map(({ name }) => name)).toContain("rang");
    expect(await client.triggers.list({ count: true })).toMatchObject({ triggers: expect.any(Number) });
    await client.actions.create({ name: "heard", action: ECHO });
    await client.rules.create({ name: "rang_heard", trigger: "rang", action: "heard" });
    const { activationId } = await client.triggers.invoke({ name: "rang", params: { times: 2 } });
    expect(await client.activations.get({ name: activationId })).toMatchObject({ name: "rang" });
    const [heard] = await activationsOf("heard");
    expect(heard).toMatchObject({ response: { result: { where: "north", times: 2 } } });
    expect(await client.triggers.update({ name: "rang" })).toMatchObject({ version: "0.0.2" });

    await client.rules.delete("rang_heard");
    expect(await client.triggers.delete("rang")).toMatchObject({ name: "rang" });
    await expect(client.triggers.get("rang")).rejects.toMatchObject({ statusCode: 404 });
  });

  test("makes, lists, switches, changes and deletes rules", async ({ expect }) => {
    await client.triggers.create({ name: "knock" });
    for (const name of ["answer", "ignore"]) await client.actions.create({ name, action: ECHO });
    await client.rules.create({ name: "door", trigger: "/_/knock", action: "/guest/answer" });

    expect(await client.rules.get("door")).toMatchObject({
      status: "active",
      trigger: { path: "guest", name: "knock" },
      action: { path: "guest", name: "answer" },
    });
    expect((await client.rules.list()).map(({ name }) => name)).toContain("door");
    expect(await client.rules.list({ count: true })).toMatchObject({ rules: expect.any(Number) });
    await client.rules.disable({ name: "door" });
    expect(await client.rules.get("door")).toMatchObject({ status: "inactive" });
    await client.triggers.invoke({ name: "knock", params: { loud: false } }); // nobody hears it
    await client.rules.enable({ name: "door" });
    await client.rules.update({ name: "door", trigger: "knock", action: "ignore" });
    await client.triggers.invoke({ name: "knock", params: { loud: true } });
    const [ignored] = await activationsOf("ignore");
    expect(ignored).toMatchObject({ response: { result: { loud: true } } });
    expect(await client.activations.list({ name: "answer" })).toEqual([]);

    expect(await client.rules.delete("door")).toMatchObject({ name: "door" });
    await expect(client.rules.get("door")).rejects.toMatchObject({ statusCode: 404 });
  });

  test("leads a feed through its life", async ({ expect }) => {
    await client.packages.create({ name: "clock", package: { parameters: [{ key: "zone", value: "UTC" }] } });
    await client.actions.create({ name: "clock/ticks", action: FEED, annotations: { feed: true } });
    await client.triggers.create({ name: "tick", annotations: { feed: "/guest/clock/ticks" } });
    const feed = { name: "clock/ticks", trigger: "tick" };
    const params = { every: 5 };
    const tellsItsFeed = (lifecycleEvent: string, given: object = {}): object => ({
      response: {
        success: true,
        result: {
          lifecycleEvent,
          triggerName: "/_/tick",
          authKey: server.guestKey,
          params: { zone: "UTC", ...given },
        },
      },
    });

    expect(await client.feeds.create({ ...feed, params })).toMatchObject(tellsItsFeed("CREATE", params));
    expect(await client.feeds.get(feed)).toMatchObject(tellsItsFeed("READ"));
    expect(await client.feeds.update({ ...feed, params })).toMatchObject(tellsItsFeed("UPDATE", params));
    expect(await client.feeds.delete(feed)).toMatchObject(tellsItsFeed("DELETE"));
    const pause = { ...feed, params: { lifecycleEvent: "PAUSE" } };
    await expect(client.feeds.create(pause)).rejects.toMatchObject({
      statusCode: 502,
      error: { response: { result: { error: "unsupported lifecycleEvent" } } },
    });
  });

  test("pages through activations, and reads one by its parts", async ({ expect }) => {
    await client.actions.create({
      name: "told",
      action: "function main() { console.log('told'); return { ok: true }; }",
    });
    const since = Date.now();
    for (let i = 0; i < 3; i++) await client.actions.invoke({ name: "told", blocking: true });

    const [newest, ...older] = await activationsOf("told", 3);
    expect(older).toHaveLength(2);
    expect(await client.activations.list({ name: "told", limit: 1 })).toMatchObject([
      { activationId: newest?.["activationId"] },
    ]);
    expect(await client.activations.list({ name: "told", skip: 1, since })).toHaveLength(2);
    expect(await client.activations.list({ name: "told", upto: since - 1 })).toEqual([]);
    expect(await client.activations.list({ name: "told", count: true })).toMatchObject({ activations: 3 });
    const activationId = newest?.["activationId"];
    expect(await client.activations.get({ activationId })).toMatchObject({ name: "told" });
    expect(await client.activations.result({ activationId })).toMatchObject({ result: { ok: true } });
    expect(await client.activations.logs({ activationId })).toEqual({
      logs: [expect.stringMatching(/ stdout: told$/)],
    });
  });

  test("knows the namespace it may use, and all that is in it", async ({ expect }) => {
    expect(await client.namespaces.list()).toEqual(["guest"]);

    await client.packages.create({ name: "inventory" });
    const all = (await client.namespaces.get({})) as Record<ResourceName, Entity[]>;
    expect(all.packages.map(({ name }) => name)).toContain("inventory");
    expect(Object.keys(all).sort()).toEqual(["actions", "packages", "rules", "triggers"]);
  });
});
