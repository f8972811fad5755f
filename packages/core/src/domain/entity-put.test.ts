import { describe, test } from "vitest";
import { decodePutContents, decodePutLabels } from "./entity-put.ts";
import { MalformedContent, TooLarge } from "./errors.ts";
import { UPSTREAM_LIMITS } from "./limits.ts";

const limits = { namespaceLimits: {}, system: { ...UPSTREAM_LIMITS, parametersBytes: 10 } };

describe("the contents of a PUT", () => {
  test("are parameters and annotations, where they are given", ({ expect }) => {
    expect(decodePutContents({}, limits)).toEqual({});
    expect(decodePutContents({ parameters: null, annotations: null }, limits)).toEqual({});
    expect(decodePutContents({ parameters: [{ key: "a", value: 1 }], annotations: [] }, limits)).toEqual({
      parameters: [{ key: "a", value: 1 }],
      annotations: [],
    });
  });

  test("have the right shape before anybody weighs them", ({ expect }) => {
    const heavy = [{ key: "a", value: "0123456789" }];
    expect(() => decodePutContents({ parameters: heavy, annotations: 1 }, limits)).toThrow(MalformedContent);
    expect(() => decodePutContents({ parameters: heavy }, limits)).toThrow(TooLarge);
    expect(() => decodePutContents({ annotations: heavy }, limits)).toThrow(
      "annotations larger than allowed: 13 > 10 bytes.",
    );
    const narrow = { namespaceLimits: { maxParameterSize: "3 B" }, system: UPSTREAM_LIMITS };
    expect(() => decodePutContents({ parameters: heavy }, narrow)).toThrow("13 > 3 bytes.");
  });

  test.for([null, [], 1, "x"])("are in an object, not in %j", (json, { expect }) => {
    expect(() => decodePutContents(json, limits)).toThrow(MalformedContent);
    expect(() => decodePutLabels(json)).toThrow(MalformedContent);
  });
});

describe("the labels of a PUT", () => {
  test("are version and publish, where they are given", ({ expect }) => {
    expect(decodePutLabels({ version: null, publish: null })).toEqual({});
    expect(decodePutLabels({ version: "1", publish: false })).toEqual({ version: "1.0.0", publish: false });
    expect(() => decodePutLabels({ publish: "true" })).toThrow(MalformedContent);
  });
});
