import { type ExecFileException, execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, onTestFinished, test } from "vitest";

const LAUNCHER = join(import.meta.dirname, "launcher.cjs");

/** A language that copies what it is given, and says what it was called with. */
const LANGUAGE = `
const fs = require("node:fs");
module.exports = {
  image: "copied",
  logsInitErrors: false,
  async compile({ main, source, target, env }) {
    const text = fs.readFileSync(source + "/exec", "utf8");
    if (text.includes("broken")) return "line 1: broken";
    fs.writeFileSync(target + "/exec", "main " + main + ", " + env.GREETING + ", " + text);
    return "";
  },
};`;

interface Exported {
  readonly code: number | string | null | undefined;
  readonly out: Buffer;
  readonly err: string;
}

function exported(words: readonly string[], source: string): Promise<Exported> {
  const folder = mkdtempSync(join(tmpdir(), "export-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "language.cjs"), LANGUAGE);
  return new Promise((resolve) => {
    const args = [LAUNCHER, join(folder, "language.cjs"), "-compile", ...words];
    const done = (error: ExecFileException | null, out: Buffer, err: Buffer): void =>
      resolve({ code: error === null ? 0 : error.code, out, err: err.toString() });
    execFile(process.execPath, args, { cwd: folder, encoding: "buffer" }, done).stdin?.end(source);
  });
}

describe("-compile", () => {
  test("writes a zip of what was built of its input, and which image it is for", async ({ expect }) => {
    const { code, out } = await exported(["other", "-env", '{"GREETING":"hi"}'], "source");
    expect([code, out.toString("latin1", 0, 2)]).toEqual([0, "PK"]);
    expect(out.includes("exec.env")).toBe(true);
  });

  test("says what the compiler said, and fails", async ({ expect }) => {
    expect(await exported(["main"], "broken")).toEqual({ code: 1, out: Buffer.alloc(0), err: "line 1: broken\n" });
  });
});
