import { fileURLToPath } from "node:url";
import { DEFAULT_MANIFEST, parseManifest, resolveKind } from "@meringue/core";
import { describe, test } from "vitest";
import { readManifest } from "./manifest-file.ts";

const files = (name: string): string => fileURLToPath(new URL(`../../../runtimes/${name}`, import.meta.url));

describe("the manifests that come as files", () => {
  test("are, as runtimes.json, what counts without one", async ({ expect }) => {
    expect(await readManifest(files("runtimes.json"))).toEqual(parseManifest(DEFAULT_MANIFEST));
  });

  test("are, as runtimes-upstream.json, upstream's kinds and images", async ({ expect }) => {
    const manifest = await readManifest(files("runtimes-upstream.json"));
    const kinds = [...manifest.families.values()].flat();
    expect(kinds.map(({ kind, image }) => `${kind} ${image}`)).toEqual([
      "nodejs:18 openwhisk/action-nodejs-v18:nightly",
      "nodejs:20 openwhisk/action-nodejs-v20:nightly",
      "python:3.10 openwhisk/action-python-v3.10:nightly",
      "python:3.11 openwhisk/action-python-v3.11:nightly",
      "swift:5.3 openwhisk/action-swift-v5.3:nightly",
      "swift:5.7 openwhisk/action-swift-v5.7:nightly",
      "java:8 openwhisk/java8action:nightly",
      "php:8.1 openwhisk/action-php-v8.1:nightly",
      "ruby:2.5 openwhisk/action-ruby-v2.5:nightly",
      "go:1.20 openwhisk/action-golang-v1.20:nightly",
      "dotnet:3.1 openwhisk/action-dotnet-v3.1:nightly",
      "dotnet:6.0 openwhisk/action-dotnet-v6.0:nightly",
      "rust:1.34 openwhisk/action-rust-v1.34:nightly",
    ]);
    const defaults = [...manifest.families.keys()].map((family) => resolveKind(manifest, `${family}:default`)?.kind);
    expect(defaults.join(" ")).toBe(
      "nodejs:20 python:3.10 swift:5.3 java:8 php:8.1 ruby:2.5 go:1.20 dotnet:3.1 rust:1.34",
    );
    expect(kinds.filter(({ requireMain }) => requireMain).map(({ kind }) => kind)).toEqual([
      "java:8",
      "dotnet:3.1",
      "dotnet:6.0",
    ]);
    const reactive = { minCount: 1, maxCount: 4, ttlMs: 120_000, threshold: 1, increment: 1 };
    expect(kinds.filter(({ stemCells }) => stemCells.length > 0)).toMatchObject([
      { kind: "nodejs:20", stemCells: [{ initialCount: 2, memoryMb: 256, reactive }] },
    ]);
    expect(manifest.blackboxes).toEqual(["openwhisk/dockerskeleton:nightly", "openwhisk/dockerskeleton:latest"]);
  });
});
