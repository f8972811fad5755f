import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Launcher } from "../catalogue.ts";
import { httpProcessTarget } from "../conformance/http-target.ts";
import { plainProcess } from "../conformance/launcher-target.ts";
import { phpConformance } from "../conformance/php-suite.ts";
import { temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { rubyConformance } from "../conformance/ruby-suite.ts";
import { streamingConformance } from "../conformance/streaming-suite.ts";
import type { StartTarget } from "../conformance/target.ts";
import { whyNoGems, whyNoPhpLibraries } from "../conformance/upstream-libraries.ts";

const run = promisify(execFile);
/** Compiling with an empty cache takes most of it. */
const TIMEOUT_MS = 120_000;
const LAUNCHER = join(import.meta.dirname, "../nodejs/runtime.cjs");

/** @returns undefined when Go works here, else why not. */
async function whyNoGo(): Promise<string | undefined> {
  try {
    await go("version");
    return undefined;
  } catch (error) {
    return `no Go: ${(error as Error).message.split("\n")[0]}`;
  }
}

async function go(...words: readonly string[]): Promise<void> {
  const env = { ...process.env, GOTOOLCHAIN: "local" };
  await run("go", [...words], { cwd: import.meta.dirname, env });
}

const why = await whyNoGo();
const { launcherFor } = await temporaryLaunchers();

describe.skipIf(why !== undefined)("the proxy of the images (if Go is installed)", () => {
  test.for([["vet"], ["test"]])("passes go %s", { timeout: TIMEOUT_MS }, async ([command = ""], { expect }) => {
    expect(await go(command, "./...").catch((error: unknown) => error)).toBeUndefined();
  });

  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "proxy-"));
    await go("build", "-o", join(folder, "proxy"), ".");
  }, TIMEOUT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // No image has it in front of a launcher that streams as yet.
  streamingConformance("the nodejs launcher behind it", (env) => {
    const script = `exec "${folder}/proxy" "$@" -- "${process.execPath}" "${LAUNCHER}" --launcher`;
    return httpProcessTarget({ argv: ["/bin/sh", "-c", script, "sh"] })(env);
  });

  const php = launcherFor("php:8.2", "");
  if (typeof php === "string") test.skip(`serves php (${php})`, () => undefined);
  else phpConformance("the php launcher behind it", behind(php), whyNoPhpLibraries());

  const ruby = launcherFor("ruby:3.1", "");
  if (typeof ruby === "string") test.skip(`serves ruby (${ruby})`, () => undefined);
  else rubyConformance("the ruby launcher behind it", behind(ruby), whyNoGems(ruby.argv[0] ?? ""));

  function behind(launcher: Launcher): StartTarget {
    const { argv } = plainProcess(launcher);
    const script = `exec "$0" -when-gone=command-exited "$@" -- ${argv.map((word) => `'${word}'`).join(" ")}`;
    return (env) => httpProcessTarget({ argv: ["/bin/sh", "-c", script, join(folder, "proxy")] })(env);
  }
});
