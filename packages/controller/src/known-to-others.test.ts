import { localChangeFeed } from "@meringue/core";
import { expect, test } from "vitest";
import { knownToOthers } from "./known-to-others.ts";

test("a write is answered once the others have heard of it, and so is one that failed on its way", async () => {
  const events: string[] = [];
  const spread = Promise.withResolvers<void>();
  const changes = { ...localChangeFeed(), heard: () => spread.promise };
  const noted = (name: string) => (result: unknown) => void events.push(`${name}: ${result}`);

  const writes = [
    knownToOthers(changes, async (name: string) => `${name} is there`)("hello").then(noted("written")),
    knownToOthers(changes, () => Promise.reject(new Error("half of it")))().catch(noted("failed")),
  ];
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual([]);

  spread.resolve();
  await Promise.all(writes);
  expect(events).toEqual(["written: hello is there", "failed: Error: half of it"]);
});
