import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Change } from "@meringue/core";
import { loadOrCreateSecret, openSqliteStore } from "@meringue/sqlite";
import { describe, onTestFinished, test } from "vitest";
import { secretPath } from "../secret-path.ts";

const PAIR = `23bc46b1-71f6-4ed5-8c54-816aa4f8c502:${"k".repeat(64)}`;

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "meringue-admin-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `meringue admin` in a process of its own. */
function admin(dataDir: string, ...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const args = [join(import.meta.dirname, "main.ts"), ...words];
  const child = spawn(process.execPath, args, { env: { ...process.env, MERINGUE_DATA_DIR: dataDir } });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

describe("meringue admin", () => {
  test("works on a folder that no server has used, and remembers", async ({ expect }) => {
    const folder = dataFolder();
    expect(await admin(folder, "user", "create", "alice", "-u", PAIR)).toEqual({ code: 0, out: `${PAIR}\n`, err: "" });
    expect(await admin(folder, "user", "whois", PAIR)).toMatchObject({ out: "subject: alice\nnamespace: alice\n" });
    expect(await admin(folder, "-v", "user", "get", "bobby")).toMatchObject({
      code: 1,
      err: `data folder: ${folder}\n`,
    });
  });

  test("takes the folder as an option", async ({ expect }) => {
    const folder = dataFolder();
    expect((await admin(dataFolder(), "--data-dir", folder, "user", "create", "alice", "-s")).code).toBe(0);
    expect((await admin(folder, "user", "get", "alice")).code).toBe(0);
  });

  test("tells a running server at once what it changed", async ({ expect }) => {
    const folder = dataFolder();
    const secret = await loadOrCreateSecret(secretPath(folder));
    const server = await openSqliteStore({ dataDir: folder, secret, exclusive: true });
    onTestFinished(() => server.close());
    const changes: Change[] = [];
    const heard = Promise.withResolvers<void>();
    server.onForeignChange((change) => {
      changes.push(change);
      if (changes.length === 3) heard.resolve();
    });

    await admin(folder, "user", "create", "alice", "-u", PAIR);
    await admin(folder, "limits", "set", "alice", "--invocationsPerMinute", "7");
    await admin(folder, "user", "block", "alice");
    await heard.promise;

    expect(changes).toEqual([
      { kind: "subject", subject: "alice" },
      { kind: "limits", namespace: "alice" },
      { kind: "subject", subject: "alice" },
    ]);
    expect(await server.subjects.getLimits("alice")).toEqual({ invocationsPerMinute: 7 });
    expect((await server.subjects.get("alice"))?.blocked).toBe(true);
  });

  test("explains itself without touching the folder", async ({ expect }) => {
    const folder = dataFolder();
    expect(await admin(folder, "--help")).toMatchObject({ code: 0, err: "" });
    expect(await admin(folder, "user", "rename")).toMatchObject({ code: 2, out: "" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("says in a sentence why a folder cannot be used", async ({ expect }) => {
    const folder = dataFolder();
    await admin(folder, "user", "create", "alice");
    rmSync(secretPath(folder));
    writeFileSync(secretPath(folder), randomBytes(32).toString("hex"), { mode: 0o600 });
    const { code, err } = await admin(folder, "user", "get", "alice");
    expect(code).toBe(1);
    expect(err).toContain("secret");
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});
