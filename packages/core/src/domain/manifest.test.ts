import fc from "fast-check";
import { describe, test } from "vitest";
import { DEFAULT_MANIFEST } from "./default-manifest.ts";
import {
  findRuntime,
  isBlackboxNative,
  knownKinds,
  manifestResource,
  parseManifest,
  resolveKind,
  withDefaultKind,
} from "./manifest.ts";
import { InvalidManifest } from "./manifest-reader.ts";

const image = { prefix: "openwhisk", name: "action-x", tag: "nightly" };
const attached = { attachmentName: "codefile", attachmentType: "text/plain" };

describe("a runtimes manifest", () => {
  test("is read in upstream's format", ({ expect }) => {
    const stemCells = [
      { count: 2, memory: "256 MB" },
      {
        initialCount: 1,
        memory: "1 GB",
        reactive: { minCount: 0, maxCount: 4, ttl: "2 minutes", threshold: 1, increment: 4 },
      },
    ];
    const manifest = parseManifest({
      description: ["ignored"],
      runtimes: {
        java: [
          {
            kind: "java:8",
            image: { ...image, registry: "docker.io/" },
            requireMain: true,
            attached,
            sentinelledLogs: false,
            deprecated: true,
            stemCells,
            description: "runs on Java 17",
          },
        ],
      },
      blackboxes: [{ prefix: "openwhisk", name: "dockerskeleton" }],
    });
    expect(manifest.families.get("java")).toEqual([
      {
        kind: "java:8",
        image: "docker.io/openwhisk/action-x:nightly",
        default: false,
        deprecated: true,
        attached: true,
        requireMain: true,
        sentinelledLogs: false,
        stemCells: [
          { initialCount: 2, memoryMb: 256 },
          {
            initialCount: 1,
            memoryMb: 1024,
            reactive: { minCount: 0, maxCount: 4, ttlMs: 120_000, threshold: 1, increment: 4 },
          },
        ],
        description: "runs on Java 17",
      },
    ]);
    expect(manifest.blackboxes).toEqual(["openwhisk/dockerskeleton"]);
  });

  test("may be empty", ({ expect }) => {
    expect(parseManifest({})).toEqual({ families: new Map(), blackboxes: [] });
  });

  const kind = { kind: "a:1", image };
  const stem = (cell: object) => ({ runtimes: { a: [{ ...kind, stemCells: [cell] }] } });
  const reactive = (change: object) =>
    stem({
      initialCount: 1,
      memory: "1 MB",
      reactive: { minCount: 1, maxCount: 2, ttl: "1 s", threshold: 1, increment: 1, ...change },
    });
  test.for([
    [undefined, "it must be an object"],
    ["{}", "it must be an object"],
    [{ runtimes: [] }, "runtimes must be an object"],
    [{ runtimes: { a: {} } }, "runtimes.a must be an array"],
    [{ runtimes: { a: [{ image }] } }, "runtimes.a[0] lacks kind"],
    [{ runtimes: { a: [{ kind: "", image }] } }, "runtimes.a[0].kind must be a string that is not empty"],
    [{ runtimes: { a: [{ kind: "a:1" }] } }, "runtimes.a[0] lacks image"],
    [{ runtimes: { a: [{ kind: "a:1", image: {} }] } }, "runtimes.a[0].image lacks name"],
    [{ runtimes: { a: [{ kind: "a:1", image: { name: "A" } }] } }, "runtimes.a[0].image A is not the name of an image"],
    [{ runtimes: { a: [{ ...kind, default: "yes" }] } }, "runtimes.a[0].default must be true or false"],
    [{ runtimes: { a: [kind, { ...kind, kind: "a:2" }] } }, "runtimes.a a has multiple versions, but no default"],
    [
      {
        runtimes: {
          a: [
            { ...kind, default: true },
            { ...kind, kind: "a:2", default: true },
          ],
        },
      },
      "runtimes.a found more than one default for a",
    ],
    [{ runtimes: { a: [kind], b: [kind] } }, "runtimes.b[0] repeats the kind a:1"],
    [stem({ memory: "1 MB" }), "runtimes.a[0].stemCells[0] lacks initialCount"],
    [stem({ initialCount: 1 }), "runtimes.a[0].stemCells[0] lacks memory"],
    [
      stem({ initialCount: 0, memory: "1 MB" }),
      "runtimes.a[0].stemCells[0].initialCount must be a whole number of 1 or more",
    ],
    [stem({ initialCount: 1, memory: "x" }), 'runtimes.a[0].stemCells[0].memory must be a size such as "256 MB"'],
    [stem({ initialCount: 1, memory: "1 KB" }), "runtimes.a[0].stemCells[0].memory must be 1 MB or more"],
    [reactive({ minCount: 3 }), "runtimes.a[0].stemCells[0].reactive.minCount must be a whole number of 0 to 2"],
    [reactive({ ttl: "soon" }), 'runtimes.a[0].stemCells[0].reactive.ttl must be a duration such as "2 minutes"'],
    [reactive({ ttl: "0 s" }), "runtimes.a[0].stemCells[0].reactive.ttl must be positive"],
    [reactive({ increment: 3 }), "runtimes.a[0].stemCells[0].reactive.increment must be a whole number of 1 to 2"],
    [{ blackboxes: [{ prefix: "p" }] }, "blackboxes[0] lacks name"],
  ] as const)("that is %j says what is wrong where", ([json, complaint], { expect }) => {
    expect(() => parseManifest(json)).toThrow(new InvalidManifest(`Runtimes manifest: ${complaint}.`));
  });

  test("whatever it is, is read or refused with a place", ({ expect }) => {
    const anyManifest = fc.record({ runtimes: fc.object({ maxDepth: 4 }), blackboxes: fc.array(fc.anything()) });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), anyManifest), (json) => {
        try {
          parseManifest(json);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidManifest);
        }
      }),
    );
  });
});

describe("kinds", () => {
  const manifest = parseManifest({
    runtimes: {
      nodejs: [
        { kind: "nodejs:20", image },
        { kind: "nodejs:24", image, default: true, deprecated: true },
      ],
      go: [{ kind: "go:1.20", image }],
    },
  });

  test("resolve to the default of their family", ({ expect }) => {
    expect(resolveKind(manifest, "nodejs:default")?.kind).toBe("nodejs:24");
    expect(resolveKind(manifest, "nodejs:20")?.kind).toBe("nodejs:20");
  });

  test("resolve to the only one of a family, which need not say so", ({ expect }) => {
    expect(resolveKind(manifest, "go:default")?.kind).toBe("go:1.20");
  });

  test.for(["nodejs", "nodejs:", "nodejs:18", "php:default", ":default", "go:default:default", "sequence"])(
    "do not include %s",
    (kind, { expect }) => {
      expect(resolveKind(manifest, kind)).toBeUndefined();
    },
  );

  test("are known without their aliases", ({ expect }) => {
    expect(knownKinds(manifest)).toEqual(["nodejs:20", "nodejs:24", "go:1.20"]);
    expect(findRuntime(manifest, "nodejs:default")).toBeUndefined();
  });

  test("can be made the default of their family", ({ expect }) => {
    const changed = withDefaultKind(manifest, "nodejs:20");
    expect(resolveKind(changed, "nodejs:default")?.kind).toBe("nodejs:20");
    expect(resolveKind(changed, "go:default")?.kind).toBe("go:1.20");
    expect(resolveKind(manifest, "nodejs:default")?.kind).toBe("nodejs:24");
    expect(() => withDefaultKind(manifest, "nodejs:26")).toThrow("The runtimes manifest has no kind nodejs:26.");
  });

  test("are shown with six members each", ({ expect }) => {
    const shown = { image: "openwhisk/action-x:nightly", attached: false, requireMain: false };
    expect(manifestResource(manifest)).toEqual({
      nodejs: [
        { ...shown, kind: "nodejs:20", default: false, deprecated: false },
        { ...shown, kind: "nodejs:24", default: true, deprecated: true },
      ],
      go: [{ ...shown, kind: "go:1.20", default: false, deprecated: false }],
    });
  });
});

describe("a user's image is one of our own", () => {
  const manifest = parseManifest({
    blackboxes: [
      { prefix: "openwhisk", name: "dockerskeleton", tag: "latest" },
      { prefix: "p", name: "n" },
      { name: "m", tag: "1" },
    ],
  });

  test.for([
    ["openwhisk/dockerskeleton", true],
    ["openwhisk/dockerskeleton:latest", true],
    ["openwhisk/dockerskeleton:nightly", false],
    ["p/n", true],
    ["p/n:latest", true],
    ["m", false],
    ["m:1", true],
    ["docker.io/p/n", false],
    ["dockerskeleton", false],
  ] as const)("when it is listed, no tag meaning latest: %s, %s", ([name, native], { expect }) => {
    expect(isBlackboxNative(manifest, name)).toBe(native);
  });
});

describe("the runtimes that come with Meringue", () => {
  const manifest = parseManifest(DEFAULT_MANIFEST);

  test.for([
    ["nodejs", "18 20 22 24 26", "nodejs:24"],
    ["typescript", "24", "typescript:24"],
    ["python", "3 3.9 3.10 3.11 3.12 3.13 3.14", "python:3.11"],
    ["java", "8 11 17 21 25", "java:17"],
    ["php", "8.0 8.1 8.2 8.3 8.4", "php:8.2"],
    ["ruby", "2.5 3.1 3.3", "ruby:3.1"],
    ["go", "1.11 1.15 1.17 1.20 1.24", "go:1.24"],
    ["rust", "1.34 1.85", "rust:1.85"],
  ] as const)("are, of %s, the versions %s and by default %s", ([family, versions, byDefault], { expect }) => {
    const kinds = versions.split(" ").map((version) => `${family}:${version}`);
    expect(manifest.families.get(family)?.map(({ kind }) => kind)).toEqual(kinds);
    expect(resolveKind(manifest, `${family}:default`)?.kind).toBe(byDefault);
  });

  test("have images named for them, or say which version stands in, and code as attachment", ({ expect }) => {
    for (const runtime of [...manifest.families.values()].flat()) {
      const [family = "", version = ""] = runtime.kind.split(":");
      const runsOn = /^runs on \S+ (\S+)$/.exec(runtime.description ?? "")?.[1];
      const language = family === "go" ? "golang" : family; // as upstream names its images
      expect(runtime.image).toBe(`meringue/action-${language}-v${runsOn ?? version}`);
      expect(runsOn).not.toBe(version);
      expect(runtime).toMatchObject({ attached: true, sentinelledLogs: true });
    }
  });

  test("want a main where a class has to be named", ({ expect }) => {
    const wanting = [...manifest.families].filter(([, kinds]) => kinds.every((runtime) => runtime.requireMain));
    expect(wanting.map(([family]) => family)).toContain("java");
    expect(resolveKind(manifest, "python:default")?.requireMain).toBe(false);
  });

  test("keep containers ready for the defaults", ({ expect }) => {
    const reactive = { minCount: 1, maxCount: 4, ttlMs: 120_000, threshold: 2, increment: 1 };
    expect(findRuntime(manifest, "nodejs:24")?.stemCells).toEqual([{ initialCount: 2, memoryMb: 256, reactive }]);
    for (const kind of ["typescript:24", "python:3.11"]) {
      const cell = { initialCount: 1, memoryMb: 256, reactive: { ...reactive, maxCount: 2 } };
      expect(findRuntime(manifest, kind)?.stemCells).toEqual([cell]);
    }
    expect(findRuntime(manifest, "nodejs:20")?.stemCells).toEqual([]);
  });

  test("take the CLI's native image for one of their own", ({ expect }) => {
    expect(isBlackboxNative(manifest, "openwhisk/dockerskeleton")).toBe(true);
  });
});
