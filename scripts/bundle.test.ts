import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, onTestFinished, test } from "vitest";
import { bundleOf } from "./bootstrap/bundle.mjs";

const STACKS = join(import.meta.dirname, "bootstrap/mapped-stacks.mjs");

/** A checkout with one program. */
function checkout(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), "meringue-bundle-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries({ "node_modules/.meringue-stamp": "1", ...files })) write(path, text);
  const bundle = (): Promise<string> => bundleOf(root, join(root, "packages/main.ts"));
  /** Runs what is there now. */
  const run = async (): Promise<{ out: string; err: string }> => {
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", "./stacks.mjs", await bundle()], {
      cwd: root,
      encoding: "utf8",
    });
    return { out: stdout, err: stderr };
  };
  write("stacks.mjs", `import { nameSourcesInStacks } from ${JSON.stringify(STACKS)}; nameSourcesInStacks();`);
  return { root, write, bundle, run };
}

describe("the bundle of a program", () => {
  test("does what the sources do, and follows their changes", async ({ expect }) => {
    const { run, write } = checkout({
      "packages/main.ts": 'import { word } from "./word.ts";\nconsole.log(word as string);',
      "packages/word.ts": 'export const word: string = "first";',
    });
    expect((await run()).out).toBe("first\n");
    write("packages/word.ts", 'export const word: string = "another";');
    expect((await run()).out).toBe("another\n");
  });

  test("is made once for the same sources and dependencies", async ({ expect }) => {
    const { bundle, write } = checkout({ "packages/main.ts": "console.log(1);" });
    const first = await bundle();
    expect(await bundle()).toBe(first);
    write("node_modules/.meringue-stamp", "other dependencies");
    expect(await bundle()).not.toBe(first);
  });

  test("is made by one of those who start at the same time", async ({ expect }) => {
    const { bundle } = checkout({ "packages/main.ts": "console.log(1);" });
    expect(new Set(await Promise.all([bundle(), bundle(), bundle()])).size).toBe(1);
  });

  test("notices a source of the same size with another time", async ({ expect }) => {
    const { root, run, write } = checkout({ "packages/main.ts": 'console.log("a");' });
    await run();
    write("packages/main.ts", 'console.log("b");');
    utimesSync(join(root, "packages/main.ts"), new Date(), new Date(Date.now() + 60_000));
    expect((await run()).out).toBe("b\n");
  });

  test("leaves files beside sources to be found, and brings worker threads along", async ({ expect }) => {
    const { run } = checkout({
      "packages/main.ts": `import { readFileSync } from "node:fs";
        import { Worker } from "node:worker_threads";
        console.log(readFileSync(new URL("./beside.txt", import.meta.url), "utf8"), import.meta.dirname.endsWith("packages"));
        new Worker(new URL("./worker.ts", import.meta.url)).on("message", (text: string) => console.log(text));`,
      "packages/worker.ts": `import { parentPort } from "node:worker_threads";
        parentPort?.postMessage("a thread" as string);`,
      "packages/beside.txt": "a file",
    });
    expect(await run()).toEqual({ out: "a file true\na thread\n", err: "" });
  });

  test("names sources in stacks", async ({ expect }) => {
    const { run } = checkout({
      "packages/main.ts": 'interface Never {}\nimport { fail } from "./fail.ts";\nfail();',
      "packages/fail.ts": 'interface Gone {\n  a: 1;\n}\nexport function fail(): Gone {\n  throw new Error("oh");\n}',
    });
    const { err } = await run();
    expect(err).toMatch(
      /Error: oh\n {4}at fail \(file:\/\/\S+\/packages\/fail\.ts:5:9\)\n {4}at \S+\/packages\/main\.ts:3:1/,
    );
  });

  test("keeps the last one for what still runs, and no older", async ({ expect }) => {
    const { root, bundle, write } = checkout({ "packages/main.ts": "console.log(1);" });
    const made: string[] = [];
    for (const text of ["1", "22", "333", "4444"]) {
      write("packages/main.ts", `console.log(${text});`);
      made.push(await bundle());
    }
    const there = readdirSync(join(root, "node_modules/.cache/bundle")).filter((name) => !name.endsWith(".json"));
    expect(new Set(there)).toEqual(new Set(made.slice(2).map((path) => basename(dirname(path)))));
    expect(made.slice(2).every((path) => statSync(path).size > 0)).toBe(true);
  });

  test("gives way to the sources where nothing can be written", async ({ expect }) => {
    const { root, bundle } = checkout({ "packages/main.ts": "console.log(1);" });
    symlinkSync("/sys/kernel", join(root, "node_modules/.cache")); // not even root can make a folder there
    expect(await bundle()).toBe(join(root, "packages/main.ts"));
  });

  test("tells of a source that cannot be read", async ({ expect }) => {
    const { bundle } = checkout({ "packages/main.ts": "const = ;" });
    await expect(bundle()).rejects.toThrow(/main\.ts/);
  });
});
