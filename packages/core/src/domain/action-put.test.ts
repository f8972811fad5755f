import { describe, test } from "vitest";
import { refusalOf } from "../../test/arbitraries.ts";
import { type ActionPutContext, decodeActionContents, decodeActionPut, decodeActionRest } from "./action-put.ts";
import { TooLarge } from "./errors.ts";
import type { Json } from "./json.ts";
import { UPSTREAM_LIMITS } from "./limits.ts";
import { parseManifest } from "./manifest.ts";
import { parseEntityName } from "./names.ts";

const context: ActionPutContext = {
  manifest: parseManifest({ runtimes: { nodejs: [{ kind: "nodejs:24", image: { name: "i" }, attached: {} }] } }),
  own: parseEntityName("guest"),
  namespaceLimits: {},
  system: UPSTREAM_LIMITS,
};
const decode = (json: Json, changes: Partial<ActionPutContext> = {}) =>
  decodeActionPut(json, { ...context, ...changes });

describe("the body of an action's PUT", () => {
  test("may be empty, null being as good as absent", ({ expect }) => {
    const nothing = {
      exec: null,
      parameters: null,
      annotations: null,
      delAnnotations: null,
      limits: null,
      version: null,
      publish: null,
    };
    expect(decode({})).toEqual({});
    expect(decode(nothing)).toEqual({});
  });

  test("may hold all it can, and what is unknown is ignored", ({ expect }) => {
    const put = decode({
      exec: { kind: "nodejs:default", code: "let a" },
      parameters: [{ key: "p", value: 1 }],
      annotations: [{ key: "a", value: 2 }],
      delAnnotations: ["b"],
      limits: { memory: 9999 },
      version: "1.2",
      publish: true,
      name: 1,
      namespace: 2,
      updated: 3,
    });
    expect(put).toEqual({
      exec: { type: "code", kind: "nodejs:24", binary: false },
      code: Buffer.from("let a"),
      parameters: [{ key: "p", value: 1 }],
      annotations: [{ key: "a", value: 2 }],
      delAnnotations: ["b"],
      limits: { memory: 9999 },
      version: "1.2.0",
      publish: true,
    });
  });

  test.for([
    [[], "Object expected in field 'exec'"],
    ["x", "Object expected in field 'exec'"],
    [{ exec: "x" }, "JSON object expected"],
    [{ exec: {} }, "'kind' must be a string defined in 'exec'"],
    [{ parameters: {} }, "parameters malformed!"],
    [{ annotations: {} }, "parameters malformed!"],
    [{ limits: { memory: "x" } }, "memory limit malformed"],
    [{ version: 1 }, "semantic version malformed"],
    [{ publish: "yes" }, 'Expected JsBoolean, but got "yes"'],
    [{ delAnnotations: "a" }, 'Expected Array as JsArray, but got "a"'],
    [{ delAnnotations: [1] }, "Expected String as JsString, but got 1"],
  ] as const)("is refused when it is %j", ([json, detail], { expect }) => {
    expect(refusalOf(() => decode(structuredClone(json) as Json))).toBe(detail);
  });
});

describe("the sizes in an action's PUT", () => {
  const system = { ...UPSTREAM_LIMITS, execBytes: 10, parametersBytes: 10 };
  const code = (text: string) => ({ exec: { kind: "nodejs:24", code: text } });

  test("pass up to the limit", ({ expect }) => {
    const list = [{ key: "k", value: "1234567" }];
    expect(decode({ ...code("x".repeat(10)), parameters: list, annotations: list }, { system })).toBeDefined();
  });

  test("are refused above it, in the order exec, parameters, annotations", ({ expect }) => {
    const list = [{ key: "k", value: "12345678" }];
    const refused = (json: Json) => refusalOf(() => decode(json, { system }));
    const [parameters, annotations] = [list, list];
    expect(refused({ ...code("x".repeat(11)), parameters })).toBe("exec larger than allowed: 11 > 10 bytes.");
    expect(refused({ parameters, annotations })).toBe("parameters larger than allowed: 11 > 10 bytes.");
    expect(refused({ annotations })).toBe("annotations larger than allowed: 11 > 10 bytes.");
    expect(() => decode({ annotations }, { system })).toThrow(TooLarge);
  });

  test("of base64 are those of its text", ({ expect }) => {
    const refused = refusalOf(() => decode(code("A".repeat(12)), { system }));
    expect(refused).toBe("exec larger than allowed: 12 > 10 bytes.");
  });

  test("can be lowered by the namespace, for parameters", ({ expect }) => {
    const namespaceLimits = { maxParameterSize: "5 B" };
    const refused = refusalOf(() => decode({ parameters: [{ key: "k", value: 12345 }] }, { namespaceLimits }));
    expect(refused).toBe("parameters larger than allowed: 6 > 5 bytes.");
  });

  test("are looked at after the shape of large members, and before all others", ({ expect }) => {
    const large = [{ key: "k", value: "12345678" }];
    const refused = (json: Json) => refusalOf(() => decode(json, { system }));
    expect(refused({ parameters: large, annotations: 1 })).toBe("parameters malformed!");
    expect(refused({ parameters: large, version: 1 })).toContain("larger than allowed");
  });
});

describe("the halves of an action's PUT", () => {
  test("each leave the other alone", ({ expect }) => {
    expect(decodeActionContents({ version: 1, limits: 1, parameters: [] }, context)).toEqual({ parameters: [] });
    expect(decodeActionRest({ exec: 1, parameters: 1, version: "1.2.3" })).toEqual({ version: "1.2.3" });
  });
});
