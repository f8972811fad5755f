import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";
import { findInterpreter } from "./find-interpreter.ts";

/** `env` runs what it is told to, and so plays an interpreter that prints anything. */
const ENV = "/usr/bin/env";
const search = { name: "Cobol", places: [ENV], oldest: "8.1" };

describe("the search for an interpreter", () => {
  test.for(["8.1.0", "8.10.3", "9.0.0"])("finds one of version %s when 8.1 will do", async (version, { expect }) => {
    expect(await findInterpreter({ ...search, probe: ["echo", version] })).toEqual({ path: ENV, version });
  });

  test.for([
    ["is too old", ["echo", "8.0.30"]],
    ["says nothing of a version", ["echo", "hello"]],
    ["does not run", ["false"]],
  ] as const)("refuses one that %s", async ([, probe], { expect }) => {
    expect(await findInterpreter({ ...search, probe })).toBe(`no Cobol 8.1 or newer at ${ENV}`);
  });

  test("says what one lacks", async ({ expect }) => {
    const probe = ["echo", "8.2.1 ext-ffi ext-zlib"];
    expect(await findInterpreter({ ...search, probe })).toBe(`${ENV} lacks ext-ffi, ext-zlib`);
  });

  test("takes none from outside of /usr, which no sandbox shows", async ({ expect }) => {
    const folder = mkdtempSync(join(tmpdir(), "interpreter-"));
    const own = join(folder, "cobol");
    writeFileSync(own, "#!/bin/sh\necho 9.9.9\n", { mode: 0o755 });
    const found = await findInterpreter({ ...search, places: [own, ENV], probe: ["echo", "8.2.1"] });
    rmSync(folder, { recursive: true });
    expect(found).toEqual({ path: ENV, version: "8.2.1" });
  });
});
