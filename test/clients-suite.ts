import { existsSync } from "node:fs";
import { type ServerProcess, startServer } from "@meringue/testkit";
import openwhisk from "openwhisk";
import { afterAll, beforeAll, test } from "vitest";
import { zipOf } from "./zip.ts";

const HELLO = "function main({ name }) { console.log('greeting', name); return { greeting: `hello ${name}` }; }";

/** What a real client sees of a server whose actions run in the given containers. Call it inside a `describe`. */
export function clientsSuite(flags: readonly string[]): void {
  let server: ServerProcess;
  let client: ReturnType<typeof openwhisk>;

  beforeAll(async () => {
    server = await startServer({ flags });
    client = openwhisk({ apihost: server.url, api_key: server.guestKey });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Records appear when the activation has ended: clients poll. */
  async function recordOf(id: string): Promise<openwhisk.Activation<openwhisk.Dict>> {
    for (;;) {
      try {
        return await client.activations.get(id);
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode !== 404) throw error;
      }
    }
  }

  test("creates an action and invokes it with and without waiting", async ({ expect }) => {
    await client.actions.create({ name: "hello", action: HELLO });

    const blocking = await client.actions.invoke({ name: "hello", params: { name: "Ada" }, blocking: true });
    const result = await client.actions.invoke({
      name: "hello",
      params: { name: "Bob" },
      blocking: true,
      result: true,
    });
    const { activationId } = await client.actions.invoke({ name: "hello", params: { name: "Eve" } });

    expect(blocking).toMatchObject({
      namespace: "guest",
      name: "hello",
      response: { status: "success", success: true },
    });
    expect(result).toEqual({ greeting: "hello Bob" });
    const record = await recordOf(activationId);
    expect(record.response?.result).toEqual({ greeting: "hello Eve" });
    const { logs } = await client.activations.logs({ name: activationId });
    expect(logs).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z stdout: greeting Eve$/)]);
    expect(await client.activations.result({ name: activationId })).toMatchObject({
      success: true,
      result: { greeting: "hello Eve" },
    });
  });

  test("updates an action: the next invocation runs the new code", async ({ expect }) => {
    await client.actions.create({ name: "updated", action: "function main() { return { v: 1 }; }" });
    const first = await client.actions.invoke({ name: "updated", blocking: true, result: true });

    await client.actions.update({ name: "updated", action: "function main() { return { v: 2 }; }" });

    expect([first, await client.actions.invoke({ name: "updated", blocking: true, result: true })]).toEqual([
      { v: 1 },
      { v: 2 },
    ]);
    expect(await client.actions.get("updated")).toMatchObject({ version: "0.0.2" });
  });

  test("lists, finds and deletes actions, and lists activations by name", async ({ expect }) => {
    await client.actions.create({ name: "listed", action: HELLO });
    const { activationId } = await client.actions.invoke({ name: "listed", blocking: true });

    expect((await client.actions.list()).map(({ name }) => name)).toContain("listed");
    expect((await client.activations.list({ name: "listed" } as never)).map((a) => a.activationId)).toEqual([
      activationId,
    ]);
    expect(await client.actions.delete("listed")).toMatchObject({ name: "listed" });
    await expect(client.actions.get("listed")).rejects.toMatchObject({ statusCode: 404 });
  });

  test("hears of a failing action as a 502 with the activation", async ({ expect }) => {
    await client.actions.create({ name: "failing", action: "function main() { return { error: 'no luck' }; }" });

    const failure = client.actions.invoke({ name: "failing", blocking: true });

    await expect(failure).rejects.toMatchObject({
      statusCode: 502,
      error: { response: { result: { error: "no luck" } } },
    });
  });

  test("deploys a zip with package.json and node_modules", async ({ expect }) => {
    const action = await zipOf({
      "package.json": '{"main":"src/entry.js"}',
      "src/entry.js": "exports.main = (args) => ({ shouted: require('shout')(args.text) });",
      "node_modules/shout/index.js": "module.exports = (text) => text.toUpperCase();",
    });
    await client.actions.create({ name: "zipped", action, kind: "nodejs:default" });

    expect(
      await client.actions.invoke({ name: "zipped", params: { text: "hi" }, blocking: true, result: true }),
    ).toEqual({
      shouted: "HI",
    });
  });

  test("works inside an action that is given its key: one action invokes another", async ({ expect }) => {
    await client.actions.create({ name: "inner", action: HELLO });
    const outer = `
      const openwhisk = require("openwhisk");
      exports.main = () => openwhisk().actions.invoke({ name: "inner", blocking: true, result: true, params: { name: "self" } });`;
    await client.actions.create({ name: "outer", action: outer, annotations: { "provide-api-key": true } } as never);

    expect(await client.actions.invoke({ name: "outer", blocking: true, result: true })).toEqual({
      greeting: "hello self",
    });
  });

  const KINDS = [
    [
      "typescript",
      { kind: "typescript:default", code: "export const main = ({ n }: { n: number }) => ({ n: n + 1 });" },
    ],
    ["python", { kind: "python:default", code: "def main(args):\n    return {'n': args['n'] + 1}\n" }],
    ["an older nodejs", { kind: "nodejs:20", code: "const main = ({ n }) => ({ n: n + 1 });" }],
    [
      "a shell script",
      {
        kind: "blackbox",
        image: "openwhisk/dockerskeleton",
        code: '#!/bin/sh\nread -r args\nn=$(echo "$args" | tr -dc 0-9)\necho "{\\"n\\": $((n + 1))}"\n',
      },
    ],
  ] as const;

  async function increments(name: string, exec: object): Promise<unknown> {
    await client.actions.create({ name, action: { exec } } as never);
    return Promise.all(
      [1, 2, 3].map((n) => client.actions.invoke({ name, params: { n }, blocking: true, result: true })),
    );
  }

  test.for(KINDS)("runs %s, and keeps what it was given apart", async ([name, exec], { expect }) => {
    expect(await increments(name, exec)).toEqual([{ n: 2 }, { n: 3 }, { n: 4 }]);
  });

  test.for([
    ["/usr/bin/php", { kind: "php:default", code: "<?php function main($args) { return ['n' => $args['n'] + 1]; }" }],
    ["/usr/bin/ruby", { kind: "ruby:default", code: "def main(args) = { n: args['n'] + 1 }" }],
  ] as const)("runs %s (if it is installed)", async ([program, exec], { expect, skip }) => {
    skip(!existsSync(program), `no ${program}`);
    expect(await increments(exec.kind.slice(0, 3), exec)).toEqual([{ n: 2 }, { n: 3 }, { n: 4 }]);
  });
}
