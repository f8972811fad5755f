import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, test } from "vitest";

const run = promisify(execFile);
/** Compiling with an empty cache takes most of it. */
const TIMEOUT_MS = 120_000;

/** @returns undefined when Go works here, else why not. */
async function whyNoGo(): Promise<string | undefined> {
  try {
    await run("go", ["version"], { cwd: import.meta.dirname, env: { ...process.env, GOTOOLCHAIN: "local" } });
    return undefined;
  } catch (error) {
    return `no Go: ${(error as Error).message.split("\n")[0]}`;
  }
}

const why = await whyNoGo();

describe.skipIf(why !== undefined)("the proxy of the images (if Go is installed)", () => {
  test.for([["vet"], ["test"]])("passes go %s", { timeout: TIMEOUT_MS }, async ([command = ""], { expect }) => {
    const env = { ...process.env, GOTOOLCHAIN: "local" };
    const outcome = await run("go", [command, "./..."], { cwd: import.meta.dirname, env }).catch(
      (error: unknown) => error,
    );
    expect(outcome).not.toBeInstanceOf(Error);
  });
});
