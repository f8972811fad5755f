import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { findRust } from "./find-rust.ts";

const scratch = mkdtempSync(join(tmpdir(), "find-rust-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** @param says what its rustc answers; it fails if there is nothing */
function aRust(path: string, says: string): string {
  const root = join(scratch, path);
  mkdirSync(join(root, "bin"), { recursive: true });
  const script = says === "" ? "exit 1" : `echo '${says}'`;
  for (const name of ["rustc", "cargo"]) {
    writeFileSync(join(root, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return root;
}

describe("the search for Rust", () => {
  test("takes what a variable names before what rustup brought", async ({ expect }) => {
    const named = aRust("named", "rustc 1.99.0 (abc 2026-01-01)");
    const stable = aRust("rustup/toolchains/stable-x86_64", "rustc 1.98.0 (abc 2026-01-01)");
    const RUSTUP_HOME = join(scratch, "rustup");
    expect(await findRust({ MERINGUE_RUST: named, RUSTUP_HOME })).toEqual({ root: named, version: "1.99.0" });
    expect(await findRust({ RUSTUP_HOME })).toEqual({ root: stable, version: "1.98.0" });
  });

  test("passes over what does not work or is too old", async ({ expect }) => {
    aRust("others/toolchains/stable-a", "");
    aRust("others/toolchains/stable-b", "rustc 1.62.1 (abc 2022-01-01)");
    const good = aRust("others/toolchains/stable-c", "rustc 1.63.0");
    expect(await findRust({ RUSTUP_HOME: join(scratch, "others") })).toEqual({ root: good, version: "1.63.0" });
  });
});
