import fc from "fast-check";
import { describe, test } from "vitest";
import { anyJson, anyName, refusalOf } from "../../test/arbitraries.ts";
import { BadRequest } from "./errors.ts";
import {
  decodeFullyQualifiedName,
  isEntityName,
  parseEntityName,
  parseEntityPath,
  parseNamespace,
  referenceId,
} from "./names.ts";

const own = parseEntityName("guest");

describe("the name of an entity", () => {
  test.for(["_", "0", "a", "a b", "x-1", "a.b&c@d", "a".repeat(256), "a-"])("may be %j", (text, { expect }) => {
    expect(parseEntityName(text)).toBe(text);
  });

  test.for(["", "-abc", " a", "a ", "x#x", "é", "aé", "a\n", "a/b", ".a", "a\u00a0b"])(
    "may not be %j",
    (text, { expect }) => {
      expect(() => parseEntityName(text)).toThrow("The name of the entity contains illegal characters.");
      expect(isEntityName(text)).toBe(false);
    },
  );

  test("is complained about as too long before anything else", ({ expect }) => {
    const refused = refusalOf(() => parseEntityName("#".repeat(257)));
    expect(refused).toBe("Name segement longer than allowed: 257 > 256.");
    expect(refusalOf(() => parseEntityName("a".repeat(300)))).toBe("Name segement longer than allowed: 300 > 256.");
  });

  test("is refused before a handler takes the request", ({ expect }) => {
    expect.assertions(1);
    try {
      parseEntityName("");
    } catch (error) {
      expect(error instanceof BadRequest && error.rejection).toBe(true);
    }
  });

  test("obeys the grammar of the reference, whatever it is", ({ expect }) => {
    const grammar = /^([\w]|[\w][\w@ .&-]{0,254}[\w@.&-])$/;
    const anyText = fc.oneof(fc.string({ maxLength: 8 }), fc.stringMatching(/^[\w@ .&#-]{0,8}$/));
    fc.assert(
      fc.property(anyText, (text) => {
        expect(isEntityName(text)).toBe(grammar.test(text));
      }),
    );
  });

  test("that is allowed comes back as it was", ({ expect }) => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(parseEntityName(name)).toBe(name);
      }),
    );
  });
});

describe("the namespace of a URL", () => {
  test("is the caller's own when it is an underscore", ({ expect }) => {
    expect(parseNamespace("_", own)).toBe("guest");
    expect(parseNamespace("other", own)).toBe("other");
  });

  test("is refused in words of its own", ({ expect }) => {
    expect(refusalOf(() => parseNamespace("-x", own))).toBe("The namespace contains illegal characters.");
    expect(refusalOf(() => parseNamespace("a".repeat(257), own))).toBe("Namespace longer than allowed: 257 > 256.");
  });
});

describe("a path", () => {
  test("drops empty parts", ({ expect }) => {
    expect(parseEntityPath("//a//b/")).toEqual(["a", "b"]);
  });

  test("round trips however many slashes are strewn in", ({ expect }) => {
    const slashes = fc.integer({ min: 1, max: 3 }).map((n) => "/".repeat(n));
    const anyPath = fc.array(fc.tuple(slashes, anyName), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyPath, (parts) => {
        expect(parseEntityPath(parts.flat().join(""))).toEqual(parts.map(([, name]) => name));
      }),
    );
  });

  test("must have a part, and no bad one", ({ expect }) => {
    expect(refusalOf(() => parseEntityPath("//"))).toBe("requirement failed: path undefined");
    expect(refusalOf(() => parseEntityPath("/a/x#x"))).toBe("requirement failed: path contains invalid parts a, x#x");
  });
});

describe("a fully qualified name in a body", () => {
  test.for([
    ["/ns/action", "ns", "action"],
    ["ns/pkg/action", "ns/pkg", "action"],
    ["/_/action", "guest", "action"],
    ["_/pkg/action", "guest/pkg", "action"],
    ["/ns/_", "ns", "_"],
  ] as const)("may be the string %s", ([text, path, name], { expect }) => {
    expect(decodeFullyQualifiedName(text, own)).toEqual({ path, name });
  });

  test("may be an object, whose extra members stay", ({ expect }) => {
    const decoded = decodeFullyQualifiedName({ path: "_/pkg", name: "x", version: "1", binding: "a/b", y: 1 }, own);
    expect(decoded).toEqual({ path: "guest/pkg", name: "x", version: "1.0.0", binding: "a/b" });
    expect(decodeFullyQualifiedName({ path: "a", name: "x", version: null }, own)).toEqual({ path: "a", name: "x" });
  });

  test("needs two parts", ({ expect }) => {
    const text =
      "requirement failed: The fully qualified name of the entity must contain at least the namespace and the name of the entity.";
    expect(refusalOf(() => decodeFullyQualifiedName("action", own))).toBe(text);
    expect(refusalOf(() => decodeFullyQualifiedName("/action/", own))).toBe(text);
  });

  test("that is a string says which parts are bad", ({ expect }) => {
    const refused = refusalOf(() => decodeFullyQualifiedName("/ns/-x", own));
    expect(refused).toBe("requirement failed: path contains invalid parts ns, -x");
  });

  test.for([
    5,
    null,
    true,
    [],
    {},
    { path: "ns" },
    { path: "ns", name: "" },
    { path: "", name: "x" },
    { path: "-", name: "x" },
    { path: "ns", name: "x", version: "zero" },
    { path: "ns", name: "x", binding: 5 },
  ])("that is %j is malformed", (json, { expect }) => {
    expect(refusalOf(() => decodeFullyQualifiedName(json, own))).toBe("fully qualified name malformed");
  });

  test("comes back as its id, whatever else a body holds never gets through", ({ expect }) => {
    fc.assert(
      fc.property(fc.array(anyName, { minLength: 2, maxLength: 3 }), (parts) => {
        const id = parts.with(0, parts[0] === "_" ? own : (parts[0] ?? own)).join("/");
        expect(referenceId(decodeFullyQualifiedName(`/${parts.join("/")}`, own))).toBe(id);
      }),
    );
    fc.assert(
      fc.property(anyJson, (json) => {
        expect(refusalOf(() => decodeFullyQualifiedName(json, own))).toMatch(/malformed|requirement failed/);
      }),
    );
  });
});
