import { anAction } from "@meringue/testkit";
import openwhisk from "openwhisk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startWorld, type World } from "./world.ts";

const SOURCE = "function main(args) { return args }";

describe("the npm client", () => {
  let world: World;
  let client: ReturnType<typeof openwhisk>;

  beforeEach(async () => {
    world = await startWorld();
    client = openwhisk({ apihost: world.url, api_key: world.guest.authKey, namespace: "_" });
  });

  afterEach(() => world.close());

  test("lists namespaces", async () => {
    expect(await client.namespaces.list()).toEqual(["guest"]);
  });

  test("creates, updates, reads, lists and deletes an action", async () => {
    const created = await client.actions.create({ name: "hello", action: SOURCE, kind: "nodejs:default" });
    expect(created).toMatchObject({ version: "0.0.1", exec: { kind: "nodejs:24" } });
    expect(await client.actions.update({ name: "hello", action: SOURCE, params: { a: 1 } })).toMatchObject({
      version: "0.0.2",
      parameters: [{ key: "a", value: 1 }],
    });
    expect(await client.actions.get({ name: "hello" })).toMatchObject({ exec: { code: SOURCE, binary: false } });
    expect(await client.actions.list()).toMatchObject([{ name: "hello", exec: { binary: false } }]);
    expect(await client.actions.delete({ name: "hello" })).toMatchObject({ name: "hello" });
    expect(await client.actions.list()).toEqual([]);
  });

  test("stores a zip archive and a sequence", async () => {
    const emptyZip = Buffer.from("504b0506000000000000000000000000000000000000", "hex");
    const binary = await client.actions.create({ name: "zipped", action: emptyZip, kind: "nodejs:24" });
    expect(binary).toMatchObject({ exec: { binary: true } });
    const chain = await client.actions.create({ name: "chain", sequence: ["/_/zipped"] } as never);
    expect(chain).toMatchObject({ exec: { kind: "sequence", components: ["/guest/zipped"] } });
  });

  test("complains in the server's words", async () => {
    await client.actions.create({ name: "hello", action: SOURCE });
    await expect(client.actions.create({ name: "hello", action: SOURCE })).rejects.toThrow(
      /409.*resource already exists/s,
    );
    await expect(client.actions.get({ name: "none" })).rejects.toThrow(/404.*The requested resource does not exist\./s);
    const stranger = openwhisk({ apihost: world.url, api_key: `x:${"y".repeat(64)}` });
    await expect(stranger.actions.list()).rejects.toThrow(/401.*The supplied authentication is invalid/s);
  });

  test("invokes: for an id, for a record, for a result", async () => {
    await world.store(anAction());
    expect(await client.actions.invoke({ name: "hello" })).toEqual({
      activationId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(await client.actions.invoke({ name: "hello", blocking: true, params: { a: 1 } })).toMatchObject({
      response: { result: { a: 1 }, success: true },
    });
    expect(await client.actions.invoke({ name: "hello", blocking: true, result: true, params: { a: 1 } })).toEqual({
      a: 1,
    });
  });

  test("raises an action's own error with its record", async () => {
    await world.store(anAction());
    world.dispatcher.behave(() => ({ statusCode: 1, result: { error: "no" } }));
    await expect(client.actions.invoke({ name: "hello", blocking: true })).rejects.toMatchObject({
      statusCode: 502,
      error: { response: { result: { error: "no" }, success: false } },
    });
  });

  test("finds activations, their results and logs", async () => {
    await world.store(anAction());
    const { activationId } = (await client.actions.invoke({ name: "hello", blocking: true, params: { a: 1 } })) as {
      activationId: string;
    };
    expect(await client.activations.list({ name: "hello" } as never)).toMatchObject([{ activationId, statusCode: 0 }]);
    expect(await client.activations.get({ name: activationId })).toMatchObject({ activationId });
    expect(await client.activations.result({ name: activationId })).toEqual({
      status: "success",
      success: true,
      result: { a: 1 },
      size: 7,
    });
    expect(await client.activations.logs({ name: activationId })).toEqual({
      logs: ["2026-01-01T00:00:00.000Z stdout: hello"],
    });
  });
});
