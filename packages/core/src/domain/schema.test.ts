import { describe, test } from "vitest";
import { refusalOf } from "../../test/arbitraries.ts";
import type { Json } from "./json.ts";
import { UPSTREAM_LIMITS } from "./limits.ts";
import { parseManifest } from "./manifest.ts";
import {
  adding,
  anything,
  arrayOf,
  type Deployment,
  describeVariants,
  flag,
  nullable,
  objectOf,
  optional,
  required,
  text,
} from "./schema.ts";

const deployment: Deployment = { limits: UPSTREAM_LIMITS, manifest: parseManifest({ runtimes: {} }) };
const name = text((json) => `no text: ${JSON.stringify(json)}`);
const members = {
  key: required(name, "key is missing"),
  tags: nullable(arrayOf(name, () => "no list")),
  on: optional(flag(() => "neither true nor false")),
};
const thing = objectOf("Thing", members, "no object");

describe("a schema", () => {
  test("reads what it names, and ignores what it does not", ({ expect }) => {
    expect(thing.read({ key: "a", tags: ["b"], on: true, other: 1 }, undefined)).toEqual({
      key: "a",
      tags: ["b"],
      on: true,
    });
    expect(thing.read({ key: "a", tags: null }, undefined)).toEqual({ key: "a" });
  });

  test.for<[Json, string]>([
    [[], "no object"],
    [{}, "key is missing"],
    [{ key: 1 }, "no text: 1"],
    [{ key: 1, tags: 1, on: 1 }, "no text: 1"],
    [{ key: "a", tags: {} }, "no list"],
    [{ key: "a", tags: ["b", null] }, "no text: null"],
    [{ key: "a", on: null }, "neither true nor false"],
    [JSON.parse('{"__proto__":{"key":"a"}}') as Json, "key is missing"],
  ])("refuses %j in its own words", ([json, complaint], { expect }) => {
    expect(refusalOf(() => thing.read(json, undefined))).toBe(complaint);
  });

  test("tells all that it takes", ({ expect }) => {
    expect(thing.describe(deployment)).toEqual({
      title: "Thing",
      type: "object",
      required: ["key"],
      properties: {
        key: { type: "string" },
        tags: { type: "array", items: { type: "string" }, "x-nullable": true },
        on: { type: "boolean" },
      },
    });
  });

  test("reads, refuses and tells a member that is added to it", ({ expect }) => {
    const more = { ...members, colour: nullable(text(() => "no colour")) };
    const extended = objectOf("Thing", more, "no object");
    expect(extended.read({ key: "a", colour: "red" }, undefined)).toEqual({ key: "a", colour: "red" });
    expect(refusalOf(() => extended.read({ key: "a", colour: 1 }, undefined))).toBe("no colour");
    expect(extended.describe(deployment)).toHaveProperty("properties.colour", { type: "string", "x-nullable": true });
  });

  test("that has a name keeps it when more is said where it is used", ({ expect }) => {
    const used = nullable(thing).describe(deployment);
    expect(used).toEqual({ allOf: [thing.describe(deployment)], "x-nullable": true });
    expect(adding({ description: "d" }, anything.describe(deployment))).toEqual({ description: "d" });
  });
});

describe("variants", () => {
  const variant = (title: string, kinds: readonly string[], more: string) => ({
    title,
    type: "object",
    required: ["kind", more],
    properties: { kind: { type: "string", enum: kinds }, [more]: { type: "string" } },
  });

  test("are told together and one by one, without those that nothing chooses", ({ expect }) => {
    const some = [variant("A", ["a", "b"], "x"), variant("B", ["c"], "y")];
    expect(describeVariants("Either", "kind", [...some, variant("C", [], "z")])).toEqual({
      title: "Either",
      type: "object",
      required: ["kind"],
      properties: { kind: { type: "string", enum: ["a", "b", "c"] }, x: { type: "string" }, y: { type: "string" } },
      "x-oneOf": some,
    });
  });
});
