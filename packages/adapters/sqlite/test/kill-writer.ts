import { createHash, randomUUID } from "node:crypto";
import { openSync, writeSync } from "node:fs";
import type { Action, Activation, ActivationMessage, EntityName, Subject } from "@meringue/core";
import { openSqliteStore, type SqliteStore } from "../src/index.ts";

/**
 * Writes to a store without end and prints each write as soon as it was acknowledged, so that whoever kills it knows
 * what must be there. Arguments: the data folder, and a name that no earlier run had.
 */
const [dataDir = "", notesPath = "", run = ""] = process.argv.slice(2);

// synchronous, so that a line is out before the next write begins
const notes = openSync(notesPath, "a");
const acknowledge = (kind: string, id: string): void => void writeSync(notes, `${kind} ${id}\n`);

const code = (text: string) => Buffer.from(`// ${text}\n`.repeat(5000));
const action = (name: string, digest: string): Action => ({
  entityType: "action",
  namespace: "guest",
  name: name as EntityName,
  version: "0.0.1",
  publish: false,
  annotations: [{ key: "sha256", value: digest }],
  updated: Date.now(),
  exec: { type: "code", kind: "nodejs:24", binary: false },
  parameters: [],
  limits: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 },
});
const subject = (name: string): Subject => ({
  subject: name,
  blocked: false,
  namespaces: [{ name: name as EntityName, uuid: `uuid-${name}`, key: name.padEnd(64, "k") }],
});
const runnable = action("runnable", "");
const message = (activationId: string): ActivationMessage => ({
  activationId,
  transid: activationId,
  action: { id: "guest/runnable", rev: "1", action: runnable },
  user: { subject: "guest", namespace: { name: "guest" as EntityName, uuid: "u" }, authKey: "u:k", limits: {} },
  args: { text: "x".repeat(300) },
  initArgs: [],
  blocking: false,
  received: Date.now(),
});
const record = (activationId: string): Activation => ({
  namespace: "guest",
  name: "runnable",
  version: "0.0.1",
  subject: "guest",
  activationId,
  start: Date.now(),
  end: Date.now(),
  response: { statusCode: 0, result: { activationId } },
  logs: ["x".repeat(500)],
  annotations: [{ key: "path", value: "guest/runnable" }],
  publish: false,
});

async function writeEntities({ entities, subjects }: SqliteStore): Promise<never> {
  for (let i = 0; ; i++) {
    const name = `${run}-${i}`;
    const bytes = code(name);
    const digest = createHash("sha256").update(bytes).digest("hex");
    await Promise.all([
      entities.put(action(name, digest), undefined, { bytes }).then(() => acknowledge("entity", name)),
      subjects.put(subject(name)).then(() => acknowledge("subject", name)),
    ]);
  }
}

async function writeActivations({ journal, activations }: SqliteStore): Promise<never> {
  for (;;) {
    const id = randomUUID().replaceAll("-", "");
    await journal.accept(message(id), Math.random() < 0.1);
    acknowledge("accepted", id);
    if (Math.random() < 0.2) continue;
    await journal.start(id);
    acknowledge("started", id);
    if (Math.random() < 0.2) continue;
    await activations.put(record(id));
    acknowledge("record", id);
  }
}

const store = await openSqliteStore({
  dataDir,
  secret: Buffer.alloc(32, 7),
  exclusive: true,
  segmentBytes: 100_000,
  report: (line) => acknowledge("report", line.replaceAll(" ", "_")),
});
console.log("open");
await Promise.all([writeEntities(store), ...Array.from({ length: 4 }, () => writeActivations(store))]);
