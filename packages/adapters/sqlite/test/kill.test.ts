import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, type ExpectStatic, test } from "vitest";
import type { SqliteStore } from "../src/index.ts";
import { testFolder, testStore } from "../src/test-store.ts";

const KILLS = 24;
const KINDS = ["entity", "subject", "accepted", "started", "record"] as const;
type Acknowledged = Record<(typeof KINDS)[number], Set<string>>;

/** Runs the writer until it is killed at a random moment. */
async function writeUntilKilled(dataDir: string, notesPath: string, run: string): Promise<void> {
  const args = [join(import.meta.dirname, "kill-writer.ts"), dataDir, notesPath, run];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exited]);
  await delay(Math.random() * 150);
  child.kill("SIGKILL");
  const [code, signal] = await exited;
  if (signal !== "SIGKILL") throw new Error(`The writer ended by itself: ${String(code)} ${String(signal)}`);
}

/** All that was acknowledged up to now; a note that was cut short does not count. */
async function readNotes(notesPath: string): Promise<Acknowledged> {
  const seen = Object.fromEntries(KINDS.map((kind) => [kind, new Set<string>()])) as Acknowledged;
  const lines = (await readFile(notesPath, "utf8")).split("\n").slice(0, -1);
  for (const [kind = "", id = ""] of lines.map((line) => line.split(" "))) {
    if (kind in seen) seen[kind as keyof Acknowledged].add(id);
  }
  return seen;
}

async function checkEntities(store: SqliteStore, seen: Acknowledged, expect: ExpectStatic): Promise<void> {
  const total = await store.entities.count({ type: "action", path: "guest" });
  const listed = await store.entities.list({ type: "action", path: "guest" }, { skip: 0, limit: total });
  const names = new Set(listed.map((entity) => entity.name as string));
  expect([...seen.entity].filter((name) => !names.has(name))).toEqual([]);
  for (const name of names) {
    const stored = await store.entities.get(`guest/${name}`);
    const code = await store.entities.getCode(`guest/${name}`, stored?.rev ?? "");
    const digest = createHash("sha256")
      .update(code ?? "")
      .digest("hex");
    expect(stored?.entity.annotations[0]?.value, name).toBe(digest);
  }
  for (const name of seen.subject) expect(await store.subjects.get(name), name).toBeDefined();
}

async function checkActivations(store: SqliteStore, seen: Acknowledged, expect: ExpectStatic): Promise<void> {
  const left = await store.journal.unsettled();
  const open = new Map(left.map((each) => [each.message.activationId, each.started]));
  const ids = [...seen.accepted];
  const records = await Promise.all(ids.map((id) => store.activations.get("guest", id)));
  for (const [at, id] of ids.entries()) {
    const record = records[at];
    expect(open.has(id), `exactly one of open and ended: ${id}`).toBe(record === undefined);
    if (seen.record.has(id)) expect(record?.response.result).toEqual({ activationId: id });
  }
  for (const id of seen.started) if (open.has(id)) expect(open.get(id), `started ${id}`).toBe(true);
  const total = await store.activations.count({ namespace: "guest" });
  const listed = await store.activations.list({ namespace: "guest" }, { skip: 0, limit: total + 1 });
  expect(new Set(listed.map((each) => each.activationId)).size).toBe(total);
}

describe("a server that is killed at any moment", () => {
  test(`has lost nothing that was acknowledged, and has nothing half, after each of ${KILLS} kills`, async ({
    expect,
  }) => {
    const folder = await testFolder();
    const [dataDir, notesPath] = [join(folder, "data"), join(folder, "notes")];
    const reports: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      await writeUntilKilled(dataDir, notesPath, `run${kill}`);
      if (kill % 4 !== 3) continue; // the other kills are met by the next writer
      const seen = await readNotes(notesPath);
      const store = await testStore(dataDir, { report: (line) => reports.push(line) });
      await checkEntities(store, seen, expect);
      await checkActivations(store, seen, expect);
      await store.close();
    }
    const seen = await readNotes(notesPath);
    expect(seen.record.size).toBeGreaterThan(KILLS);
    expect(seen.entity.size).toBeGreaterThan(KILLS);
    expect(reports.filter((line) => !line.includes("unfinished write"))).toEqual([]);
    expect((await readdir(join(dataDir, "journal"))).filter((name) => name.endsWith(".damaged"))).toEqual([]);
  }, 240_000);
});
