import type { Json, JsonObject } from "@meringue/core";
import { aMessage, anAction, anIdentity } from "@meringue/testkit";
import { describe, test } from "vitest";
import { plainUpload } from "./action-builds.ts";
import { initValue, runBody } from "./run-context.ts";

const DEADLINE = 1_767_225_660_000;
const parsed = (text: string) => JSON.parse(text) as JsonObject;
const envOf = (args: Json, initArgs: string[]) =>
  parsed(initValue(aMessage({ args, initArgs }), plainUpload(""), DEADLINE))["env"] as JsonObject;
const withAnnotation = (value: Json | undefined) =>
  aMessage({
    action: {
      id: "guest/hello",
      rev: "1-a",
      action: anAction({ annotations: value === undefined ? [] : [{ key: "provide-api-key", value }] }),
    },
  });

describe("the value of /init", () => {
  test("names the action, its entry point and its code", ({ expect }) => {
    const message = aMessage();

    expect(parsed(initValue(message, plainUpload("let a"), DEADLINE))).toEqual({
      name: "hello",
      main: "main",
      binary: false,
      code: "let a",
      env: {
        __OW_NAMESPACE: "guest",
        __OW_ACTION_NAME: "/guest/hello",
        __OW_ACTION_VERSION: "0.0.1",
        __OW_ACTIVATION_ID: message.activationId,
        __OW_TRANSACTION_ID: message.transid,
        __OW_DEADLINE: "1767225660000",
      },
    });
  });

  test("has the entry point that the action names, and no code where there is none", ({ expect }) => {
    const exec = {
      type: "blackbox",
      kind: "blackbox",
      image: "a/b",
      binary: true,
      hasCode: false,
      main: "go",
    } as const;
    const message = aMessage({ action: { id: "guest/hello", rev: "1-a", action: anAction({ exec }) } });

    const value = parsed(initValue(message, plainUpload(undefined), DEADLINE));
    expect([value["main"], value["binary"], Object.hasOwn(value, "code")]).toEqual(["go", true, false]);
  });

  test.for<[Json, string]>([
    ["as it is", "as it is"],
    [null, ""],
    [true, "true"],
    [1.5, "1.5"],
    [{ a: [1, "x"] }, '{"a":[1,"x"]}'],
    [[], "[]"],
  ])("carries the init parameter %j as text", ([value, text], { expect }) => {
    expect(envOf({ STAGE: value }, ["STAGE"])["STAGE"]).toBe(text);
  });

  test("lets no init parameter stand in for what the platform says", ({ expect }) => {
    expect(envOf({ __OW_NAMESPACE: "other" }, ["__OW_NAMESPACE"])["__OW_NAMESPACE"]).toBe("guest");
  });

  test("has only those init parameters that were given, whatever their names are", ({ expect }) => {
    const args = JSON.parse('{"__proto__":"p","constructor":"c"}') as Json;

    expect(Object.entries(envOf(args, ["__proto__", "constructor", "toString", "x"])).slice(0, 2)).toEqual([
      ["__proto__", "p"],
      ["constructor", "c"],
    ]);
    expect(Object.keys(envOf([1], ["constructor"])).every((key) => key.startsWith("__OW_"))).toBe(true);
  });
});

describe("the body of /run", () => {
  test("says what is run, for whom and until when", ({ expect }) => {
    const message = aMessage({ args: { name: "Ada" } });

    expect(parsed(runBody(message, DEADLINE))).toEqual({
      value: { name: "Ada" },
      namespace: "guest",
      action_name: "/guest/hello",
      action_version: "0.0.1",
      activation_id: message.activationId,
      transaction_id: message.transid,
      deadline: "1767225660000",
    });
  });

  test("is one line, and passes on an array as it is", ({ expect }) => {
    const body = runBody(aMessage({ args: [{ a: "1\n2" }] }), DEADLINE);

    expect(body).not.toContain("\n");
    expect(parsed(body)["value"]).toEqual([{ a: "1\n2" }]);
  });

  test("leaves init parameters out, and keys like __proto__ in", ({ expect }) => {
    const args = JSON.parse('{"__proto__":{"x":1},"stage":"prod","a":1}') as Json;

    const body = runBody(aMessage({ args, initArgs: ["stage"] }), DEADLINE);
    expect(body.startsWith('{"value":{"__proto__":{"x":1},"a":1},')).toBe(true);
  });

  test.for<[Json | undefined, boolean]>([
    [undefined, true],
    [true, true],
    [1, true],
    ["false", true],
    [[], true],
    [{}, true],
    [false, false],
    [0, false],
    ["", false],
    [null, false],
  ])("of an action annotated provide-api-key %j: has the caller's key %s", ([value, has], { expect }) => {
    const user = anIdentity();
    const message = { ...withAnnotation(value), user };
    const run = parsed(runBody(message, DEADLINE));
    const env = parsed(initValue(message, plainUpload(""), DEADLINE))["env"] as JsonObject;
    const key = has ? user.authKey : undefined;
    expect([run["api_key"], env["__OW_API_KEY"]]).toEqual([key, key]);
  });
});
