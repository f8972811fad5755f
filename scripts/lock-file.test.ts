import { readFileSync } from "node:fs";
import { test } from "vitest";
import { type LockFile, missingOptionals } from "./lock-file.ts";

test("the lock file holds the packages of every platform, or npm ci refuses it (mend it with complete-lock.ts)", ({
  expect,
}) => {
  const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as LockFile;
  expect(missingOptionals(lock)).toEqual({});
});

test("a package that npm left out is added for its platform only", ({ expect }) => {
  const optionalDependencies = {
    "@a/cli-linux-x64-musl": "1.0.0",
    "@a/cli-darwin-arm64": "1.0.0",
    "@a/there": "1.0.0",
  };
  const lock: LockFile = {
    packages: { "node_modules/a": { dev: true, optionalDependencies }, "node_modules/@a/there": {} },
  };
  const rest = { version: "1.0.0", dev: true, optional: true };
  expect(missingOptionals(lock)).toEqual({
    "node_modules/@a/cli-linux-x64-musl": { ...rest, os: ["linux"], cpu: ["x64"], libc: ["musl"] },
    "node_modules/@a/cli-darwin-arm64": { ...rest, os: ["darwin"], cpu: ["arm64"] },
  });
});

test("a name that does not tell its platform is not guessed", ({ expect }) => {
  const lock: LockFile = { packages: { "node_modules/a": { optionalDependencies: { "a-native": "1.0.0" } } } };
  expect(() => missingOptionals(lock)).toThrow("For which platform is a-native?");
});
