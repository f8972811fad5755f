import { readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { aMessage, anActivation, aSubject, identityOf } from "@meringue/testkit";
import { describe, test } from "vitest";
import { testFolder, testStore } from "../test-store.ts";

const journalOf = (dataDir: string) => join(dataDir, "journal");

async function segmentsOf(dataDir: string): Promise<string[]> {
  const names = await readdir(journalOf(dataDir));
  return names.filter((name) => name.endsWith(".journal")).sort();
}

/** A data folder in whose journal `count` activations were left open. */
async function leftOpen(count: number): Promise<{ dataDir: string; ids: string[]; segment: string }> {
  const dataDir = await testFolder();
  const store = await testStore(dataDir);
  const messages = Array.from({ length: count }, (_, received) => aMessage({ received }));
  for (const message of messages) await store.journal.accept(message, false);
  await store.close();
  const [segment = ""] = await segmentsOf(dataDir);
  return { dataDir, ids: messages.map((each) => each.activationId), segment: join(journalOf(dataDir), segment) };
}

describe("the journal, found by the next process", () => {
  test("is empty after a clean end with nothing open", async ({ expect }) => {
    const dataDir = await testFolder();
    const store = await testStore(dataDir);
    const message = aMessage();
    await store.journal.accept(message, false);
    await store.activations.put(anActivation({ activationId: message.activationId }));
    await store.close();

    expect(await segmentsOf(dataDir)).toEqual([]);
  });

  test("has its torn tail cut off and reported, and all before it", async ({ expect }) => {
    const { dataDir, ids, segment } = await leftOpen(3);
    const { size } = await stat(segment);
    await truncate(segment, size - 5);
    const reports: string[] = [];
    const store = await testStore(dataDir, { report: (line) => reports.push(line) });

    const found = await store.journal.unsettled();
    expect(found.map((each) => each.message.activationId)).toEqual(ids.slice(0, 2));
    expect(reports).toEqual([expect.stringMatching(/unfinished write: they were cut off/)]);
    await store.close();

    const again = await testStore(dataDir); // which fails the test if there is anything to report
    expect(await again.journal.unsettled()).toHaveLength(2);
  });

  test("loses only what is damaged in the middle, reports it, and keeps a copy of the segment", async ({ expect }) => {
    const { dataDir, ids, segment } = await leftOpen(4);
    const bytes = await readFile(segment);
    const at = bytes.indexOf(ids[2] ?? "");
    bytes[at + 40] = (bytes[at + 40] ?? 0) ^ 1;
    await writeFile(segment, bytes);
    const reports: string[] = [];
    const store = await testStore(dataDir, { report: (line) => reports.push(line) });

    const found = await store.journal.unsettled();
    expect(found.map((each) => each.message.activationId)).toEqual([ids[0], ids[1], ids[3]]);
    expect(reports).toEqual([expect.stringMatching(/is damaged: \d+ bytes at \d+ .*kept as .*\.damaged/)]);
    expect(await readFile(`${segment}.damaged`)).toEqual(bytes);
  });

  test("gives the caller's key as it is today, and none once it was revoked", async ({ expect }) => {
    const dataDir = await testFolder();
    const store = await testStore(dataDir);
    const [subject, revoked] = [aSubject(), aSubject({ subject: "gone-soon" })];
    for (const each of [subject, revoked]) await store.subjects.put(each);
    await store.journal.accept(aMessage({ received: 1, user: identityOf(subject) }), false);
    await store.journal.accept(aMessage({ received: 2, user: identityOf(revoked) }), false);
    await store.subjects.put({ ...revoked, blocked: true });
    await store.close();

    const again = await testStore(dataDir);
    const keys = (await again.journal.unsettled()).map((each) => each.message.user.authKey);
    expect(keys).toEqual([identityOf(subject).authKey, ""]);
  });

  test("never holds a caller's key", async ({ expect }) => {
    const dataDir = await testFolder();
    const store = await testStore(dataDir);
    const subject = aSubject();
    await store.journal.accept(aMessage({ user: identityOf(subject) }), true);
    const [segment = ""] = await segmentsOf(dataDir);
    const bytes = await readFile(join(journalOf(dataDir), segment));

    expect(bytes.includes(subject.namespaces[0]?.uuid ?? "")).toBe(true);
    expect(bytes.includes(subject.namespaces[0]?.key ?? "")).toBe(false);
  });

  test("has an action once per segment, however often it was invoked", async ({ expect }) => {
    const dataDir = await testFolder();
    const store = await testStore(dataDir);
    const message = aMessage();
    for (let i = 0; i < 50; i++) {
      await store.journal.accept({ ...message, activationId: String(i).padStart(32, "0"), received: i }, false);
    }
    const [segment = ""] = await segmentsOf(dataDir);
    const text = await readFile(join(journalOf(dataDir), segment), "latin1");
    expect(text.split(`"entityType":"action"`)).toHaveLength(2);
    await store.close();

    const found = await (await testStore(dataDir)).journal.unsettled();
    expect(found.map((each) => each.message.action)).toEqual(Array.from({ length: 50 }, () => message.action));
  });

  test("stays small while old activations stay open: they are carried from segment to segment", async ({ expect }) => {
    const dataDir = await testFolder();
    const store = await testStore(dataDir, { segmentBytes: 20_000 });
    const [waiting, running] = [aMessage({ received: 1 }), aMessage({ received: 2 })];
    for (const each of [waiting, running]) await store.journal.accept(each, false);
    await store.journal.start(running.activationId);
    for (let i = 0; i < 1000; i++) await store.activations.put(anActivation({ logs: ["x".repeat(500)] }));
    await store.close();
    expect((await segmentsOf(dataDir)).length).toBeLessThan(15); // of more than 50 that were written

    const again = await testStore(dataDir);
    const found = await again.journal.unsettled();
    expect(found.map(({ message, started }) => [message.activationId, started])).toEqual([
      [waiting.activationId, false],
      [running.activationId, true],
    ]);
    expect(await again.activations.count({ namespace: "guest" })).toBe(1000);
  });

  test("is not mistaken for a known one after the folder of segments was lost", async ({ expect }) => {
    const dataDir = await testFolder();
    const store = await testStore(dataDir, { segmentBytes: 1000 });
    for (let i = 0; i < 20; i++) await store.activations.put(anActivation());
    await store.close();
    expect(await segmentsOf(dataDir)).toEqual([]);

    const again = await testStore(dataDir);
    const record = anActivation();
    await again.activations.put(record);
    expect(await again.activations.get("guest", record.activationId)).toEqual(record);
    expect(await again.activations.count({ namespace: "guest" })).toBe(21);
  });

  test("does not take an activation for open when it was accepted again and then got its record", async ({
    expect,
  }) => {
    const { dataDir, ids } = await leftOpen(1);
    const store = await testStore(dataDir);
    const [left] = await store.journal.unsettled();
    if (left === undefined) return expect.unreachable("nothing was found");
    await store.journal.accept(left.message, true);
    expect(await store.journal.unsettled()).toHaveLength(1);
    await store.activations.put(anActivation({ activationId: ids[0] ?? "" }));
    expect(await store.journal.unsettled()).toEqual([]);
    await store.close();

    expect(await segmentsOf(dataDir)).toEqual([]);
  });
});
