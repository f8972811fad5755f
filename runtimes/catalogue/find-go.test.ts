import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { findGo } from "./find-go.ts";

const scratch = mkdtempSync(join(tmpdir(), "find-go-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function aGo(name: string, version: string): string {
  const root = join(scratch, name);
  for (const folder of ["bin", "pkg"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "bin/go"), "", { mode: 0o755 });
  writeFileSync(join(root, "VERSION"), `${version}\ntime 2026-01-01T00:00:00Z\n`);
  return root;
}

describe("the search for Go", () => {
  test("takes what a variable names before what is on the path", ({ expect }) => {
    const [named, other] = [aGo("named", "go1.77.1"), aGo("other", "go1.78")];
    const env = { MERINGUE_GO: named, PATH: join(other, "bin") };
    expect(findGo(env)).toEqual({ root: named, version: "1.77.1" });
    expect(findGo({ PATH: env.PATH })).toEqual({ root: other, version: "1.78" });
  });

  test("follows a link on the path to the folder that it is of", ({ expect }) => {
    const root = aGo("linked", "go1.24.4");
    const bin = join(scratch, "bin");
    mkdirSync(bin);
    symlinkSync(join(root, "bin/go"), join(bin, "go"));
    expect(findGo({ PATH: bin })).toEqual({ root, version: "1.24.4" });
  });

  test("passes over what is too old or no Go at all", ({ expect }) => {
    const [old, next] = [aGo("old", "go1.17.13"), aGo("next", "go1.20")];
    const PATH = [join(old, "bin"), scratch, join(next, "bin")].join(":");
    expect(findGo({ PATH })).toEqual({ root: next, version: "1.20" });
  });
});
