import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceUnavailable } from "@meringue/core";
import { describe, onTestFinished, test } from "vitest";
import { readConfig } from "../config/read-config.ts";
import { invokerIdentity } from "./identity.ts";

async function identityOf(...flags: readonly string[]) {
  const dataDir = await mkdtemp(join(tmpdir(), "meringue-identity-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  return invokerIdentity(readConfig(["--data-dir", dataDir, "--couchdb-url", "http://127.0.0.1:1", ...flags], {}));
}

describe("who an invoker is", () => {
  test("is what the settings say", async ({ expect }) => {
    expect(await identityOf("--instance", "4", "--unique-name", "w4", "--displayed-name", "worker")).toEqual({
      instance: 4,
      uniqueName: "w4",
      displayedName: "worker",
    });
  });

  test("is, without a name, told by the data folder", async ({ expect }) => {
    const [one, other] = [await identityOf("--instance", "0"), await identityOf("--instance", "0")];
    expect(one.uniqueName).toMatch(/^[a-zA-Z0-9._-]+-[0-9a-f]{12}$/);
    expect(one.displayedName).toBe(one.uniqueName);
    expect(other.uniqueName).not.toBe(one.uniqueName);
  });

  test("cannot be told without a number while CouchDB, which keeps the numbers, is away", async ({ expect }) => {
    await expect(identityOf()).rejects.toThrow(ServiceUnavailable);
  });
});
