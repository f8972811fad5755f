import { expect, test } from "vitest";
import { onceDecided, onceRead } from "./turn-end.ts";

function recorder(): { readonly seen: string[]; note(text: string): () => void } {
  const seen: string[] = [];
  return { seen, note: (text) => () => void seen.push(text) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what is decided is written after everything that was read, whoever asked first", async () => {
  const { seen, note } = recorder();
  onceDecided(note("write"));
  onceRead(note("log a"));
  onceRead(note("log b"));
  await turn();
  await turn();
  expect(seen).toEqual(["log a", "log b", "write"]);
});

test("promises that reading settles go on before anything is written", async () => {
  const { seen, note } = recorder();
  onceDecided(note("write"));
  onceRead(() => {
    void Promise.resolve().then(async () => {
      await Promise.resolve();
      seen.push("decide");
    });
  });
  await turn();
  await turn();
  expect(seen).toEqual(["decide", "write"]);
});

test("what is put off while a turn ends is done at the end of the next one", async () => {
  const { seen, note } = recorder();
  onceDecided(() => {
    seen.push("write");
    onceRead(note("next read"));
    onceDecided(note("next write"));
  });
  onceRead(() => void Promise.resolve().then(() => onceRead(note("late read"))));
  await turn();
  await turn();
  expect(seen.slice(0, 1)).toEqual(["write"]);
  await turn();
  await turn();
  expect(seen).toEqual(["write", "late read", "next read", "next write"]);
});
