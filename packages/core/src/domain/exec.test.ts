import fc from "fast-check";
import { describe, test } from "vitest";
import { anyJson, anyName, refusalOf } from "../../test/arbitraries.ts";
import { codeToText } from "./base64.ts";
import { checkNotDeprecated, decodeExec, encodeExec, encodeExecSummary, execSize } from "./exec.ts";
import type { Json } from "./json.ts";
import { parseManifest } from "./manifest.ts";
import { parseEntityName } from "./names.ts";

const image = { name: "i" };
const attached = { attachmentName: "codefile", attachmentType: "text/plain" };
const manifest = parseManifest({
  runtimes: {
    nodejs: [
      { kind: "nodejs:20", image, attached, default: true },
      { kind: "nodejs:6", image, attached, deprecated: true },
    ],
    java: [{ kind: "java:8", image, attached, requireMain: true }],
    old: [{ kind: "old:1", image }],
  },
});
const context = { manifest, own: parseEntityName("guest") };
const decode = (json: Json) => decodeExec(json, context);

describe("code for a runtime", () => {
  test("is kept as text", ({ expect }) => {
    const { exec, code, codeBytesAsSent } = decode({
      kind: "nodejs:20",
      code: "é => 1",
      main: "m",
      binary: true,
      x: 1,
    });
    expect(exec).toEqual({ type: "code", kind: "nodejs:20", binary: false, main: "m" });
    expect([Buffer.from(code ?? []).toString(), codeBytesAsSent]).toEqual(["é => 1", 7]);
  });

  test("is kept decoded when it is base64, whatever the body calls it", ({ expect }) => {
    const { exec, code, codeBytesAsSent } = decode({ kind: "nodejs:20", code: " AQID\n", binary: false });
    expect(exec).toEqual({ type: "code", kind: "nodejs:20", binary: true });
    expect([[...(code ?? [])], codeBytesAsSent]).toEqual([[1, 2, 3], 6]);
  });

  test("may be empty", ({ expect }) => {
    const { exec, code } = decode({ kind: "nodejs:20", code: "" });
    expect(exec).toMatchObject({ binary: false });
    expect(code).toHaveLength(0);
  });

  test("takes its kind in any case, trimmed, and resolved to the default of its family", ({ expect }) => {
    expect(decode({ kind: " NodeJS:Default ", code: "x" }).exec.kind).toBe("nodejs:20");
  });

  test("comes back canonical", ({ expect }) => {
    const anyCode = fc.oneof(fc.string(), fc.base64String({ minLength: 4 }), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(anyCode, (text) => {
        const { exec, code } = decode({ kind: "nodejs:20", code: text });
        const shown = encodeExec(exec, codeToText("binary" in exec && exec.binary, code ?? new Uint8Array()));
        const again = decode(shown);
        expect(again.exec).toEqual(exec);
        expect([...(again.code ?? [])]).toEqual([...(code ?? [])]);
        if (shown["binary"] === false) expect(shown["code"]).toBe(text);
      }),
    );
  });

  const valid = "'nodejs:20', 'nodejs:6', 'java:8', 'old:1', 'sequence', 'blackbox'";
  const unknown = (kind: string) =>
    `The specified runtime '${kind}' is not supported by this platform. Valid values are: ${valid}.`;
  test.for([
    [5, "JSON object expected"],
    [{}, "'kind' must be a string defined in 'exec'"],
    [{ kind: null }, "'kind' must be a string defined in 'exec'"],
    [{ kind: "X:1" }, unknown("x:1")],
    [{ kind: "nodejs" }, unknown("nodejs")],
    [
      { kind: "nodejs:default" },
      "'code' must be a string or attachment object defined in 'exec' for 'nodejs:default' actions",
    ],
    [{ kind: "nodejs:20", code: null }, "Could not deserialize as attachment record: null"],
    [{ kind: "nodejs:20", code: { a: 1 } }, 'Could not deserialize as attachment record: {"a":1}'],
    [{ kind: "old:1" }, "'code' must be a string defined in 'exec' for 'old:1' actions"],
    [{ kind: "old:1", code: 1 }, "'code' must be a string defined in 'exec' for 'old:1' actions"],
    [{ kind: "nodejs:20", code: "x", main: 1 }, "if defined, 'main' be a string in 'exec' for 'nodejs:20' actions"],
    [{ kind: "nodejs:20", code: "x", main: null }, "if defined, 'main' be a string in 'exec' for 'nodejs:20' actions"],
    [{ kind: "java:8", code: "x" }, "'main' must be a string defined in 'exec' for 'java:8' actions"],
    [
      { kind: "java:8", main: "m" },
      "'code' must be a string or attachment object defined in 'exec' for 'java:8' actions",
    ],
  ] as const)("is refused when it is %j", ([json, detail], { expect }) => {
    expect(refusalOf(() => decode(structuredClone(json) as Json))).toBe(detail);
  });
});

describe("a blackbox", () => {
  test("may have code and main", ({ expect }) => {
    const { exec, code } = decode({ kind: "blackbox", image: "p/n:t", code: "echo", main: "m" });
    expect(exec).toEqual({
      type: "blackbox",
      kind: "blackbox",
      image: "p/n:t",
      binary: true,
      hasCode: true,
      main: "m",
    });
    expect(code).toHaveLength(3);
  });

  test.for([{}, { code: "" }, { code: " \n" }])("may have none: %j", (member, { expect }) => {
    const { exec, code, codeBytesAsSent } = decode({ kind: "blackbox", image: "n", ...member });
    expect(exec).toEqual({ type: "blackbox", kind: "blackbox", image: "n", binary: false, hasCode: false });
    expect([code, codeBytesAsSent]).toEqual([undefined, 0]);
  });

  test("forgets the digest of its image", ({ expect }) => {
    const { exec } = decode({ kind: "blackbox", image: `n:t@sha256:${"0".repeat(64)}` });
    expect(exec).toHaveProperty("image", "n:t");
  });

  test.for([
    [{}, "'image' must be a string defined in 'exec' for 'blackbox' actions"],
    [{ image: 1 }, "'image' must be a string defined in 'exec' for 'blackbox' actions"],
    [{ image: "ABC" }, "could not parse image name"],
    [{ image: "p/a:x:y" }, "could not parse image name"],
    [{ image: "n", code: null }, "Could not deserialize as attachment record: null"],
    [{ image: "n", main: 1 }, "if defined, 'main' be a string in 'exec' for 'blackbox' actions"],
  ] as const)("is refused when it is %j", ([json, detail], { expect }) => {
    expect(refusalOf(() => decode({ kind: "blackbox", ...json }))).toBe(detail);
  });
});

describe("a sequence", () => {
  test("names its components in full, without their versions", ({ expect }) => {
    const components = ["/_/a", "ns/p/b", { path: "_/p", name: "c", version: "0.0.9" }];
    const { exec, code } = decode({ kind: "sequence", components, code: "ignored", main: 1 });
    const names = ["/guest/a", "/ns/p/b", "/guest/p/c"];
    expect(exec).toEqual({ type: "sequence", kind: "sequence", components: names });
    expect(code).toBeUndefined();
    expect(encodeExec(exec, undefined)).toEqual({ kind: "sequence", components: names });
  });

  test("may be empty until its rules are checked", ({ expect }) => {
    expect(decode({ kind: "sequence", components: [] }).exec).toHaveProperty("components", []);
  });

  test.for([
    [{}, "'components' must be defined for sequence kind"],
    [{ components: null }, "'components' must be an array"],
    [{ components: {} }, "'components' must be an array"],
    [{ components: [1] }, "fully qualified name malformed"],
    [{ components: ["/ns/-"] }, "requirement failed: path contains invalid parts ns, -"],
  ] as const)("is refused when it is %j", ([json, detail], { expect }) => {
    expect(refusalOf(() => decode({ kind: "sequence", ...structuredClone(json) } as Json))).toBe(detail);
  });
});

describe("the size of an exec", () => {
  test("counts the code as sent, main, and the image", ({ expect }) => {
    expect(execSize(decode({ kind: "nodejs:20", code: "AQID" }))).toBe(4);
    expect(execSize(decode({ kind: "nodejs:20", code: "é", main: "mn" }))).toBe(4);
    expect(execSize(decode({ kind: "blackbox", image: "p/n", code: "ab", main: "m" }))).toBe(6);
  });

  test("of a sequence is that of its components' names", ({ expect }) => {
    fc.assert(
      fc.property(fc.array(fc.array(anyName, { minLength: 2, maxLength: 3 })), (names) => {
        const components = names.map((parts) => ["x", ...parts.slice(1)].join("/"));
        const bytes = components.reduce((sum, name) => sum + name.length, 0);
        expect(execSize(decode({ kind: "sequence", components }))).toBe(bytes);
      }),
    );
  });
});

describe("an exec", () => {
  test("is shown by kind", ({ expect }) => {
    const code = decode({ kind: "nodejs:20", code: "x", main: "m" }).exec;
    const blackbox = decode({ kind: "blackbox", image: "n" }).exec;
    expect(encodeExec(code, "x")).toEqual({ kind: "nodejs:20", code: "x", binary: false, main: "m" });
    expect(encodeExec(code, undefined)).toEqual({ kind: "nodejs:20", binary: false, main: "m" });
    expect(encodeExec(blackbox, undefined)).toEqual({ kind: "blackbox", image: "n", binary: false });
    expect(encodeExecSummary(decode({ kind: "nodejs:20", code: "abcd" }).exec)).toEqual({ binary: true });
    expect(encodeExecSummary(decode({ kind: "sequence", components: [] }).exec)).toEqual({ binary: false });
  });

  test("of a deprecated runtime is for reading only", ({ expect }) => {
    const { exec } = decode({ kind: "nodejs:6", code: "x" });
    const text =
      "The 'nodejs:6' runtime is no longer supported. You may read and delete but not update or invoke this action.";
    expect(refusalOf(() => checkNotDeprecated(exec, manifest))).toBe(text);
    expect(
      refusalOf(() => checkNotDeprecated(decode({ kind: "blackbox", image: "n" }).exec, manifest)),
    ).toBeUndefined();
  });

  test("whatever is sent, is decoded or refused as malformed", ({ expect }) => {
    const kinds = fc.constantFrom("nodejs:20", "java:8", "old:1", "blackbox", "sequence", "x");
    const anyExec = fc.record(
      { kind: kinds, code: anyJson, main: anyJson, image: anyJson, components: anyJson },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyExec, (json) => {
        try {
          expect(decode(json).exec.kind).toBe(json.kind);
        } catch (error) {
          expect(error).toMatchObject({ name: "MalformedContent", status: 400 });
        }
      }),
    );
  });
});
