import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test } from "vitest";
import { BadRun, gatherParameters } from "./gather-parameters.ts";

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "meringue-run-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "p.json");
  writeFileSync(path, text);
  return path;
}

test("the later source of a parameter wins, and the standard input is the first", async ({ expect }) => {
  const merged = await gatherParameters('{"a":1,"b":1,"c":1,"__proto__":1}', [
    { from: "file", path: fileWith('{"b":2,"c":2}') },
    { from: "words", pair: { key: "c", value: 3 } },
  ]);
  expect(Object.entries(merged)).toEqual([
    ["a", 1],
    ["b", 2],
    ["c", 3],
    ["__proto__", 1],
  ]);
});

test("an empty standard input is no parameters; what is no JSON object is refused, with where it is", async ({
  expect,
}) => {
  expect(await gatherParameters(" \n", [])).toEqual({});
  expect(await gatherParameters(undefined, [])).toEqual({});
  await expect(gatherParameters("[1]", [])).rejects.toThrow("the standard input holds JSON that is no object");
  const path = fileWith("{nonsense");
  await expect(gatherParameters(undefined, [{ from: "file", path }])).rejects.toThrow(`${path} holds no JSON`);
  await expect(gatherParameters(undefined, [{ from: "file", path: "/nowhere" }])).rejects.toThrow(BadRun);
});
