import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";
import { chooseInterpreter, describeInterpreter, findInterpreters, type Interpreter } from "./find-interpreter.ts";

/** `env` runs what it is told to, and so plays an interpreter that prints anything. */
const ENV = "/usr/bin/env";
const search = { name: "Cobol", places: [ENV], oldest: "8.1" };

describe("the search for interpreters", () => {
  test.for(["8.1.0", "8.10.3", "9.0.0"])("finds one of version %s when 8.1 will do", async (version, { expect }) => {
    expect(await findInterpreters({ ...search, probe: ["echo", version] })).toEqual([{ path: ENV, version }]);
  });

  test.for([
    ["is too old", ["echo", "8.0.30"]],
    ["says nothing of a version", ["echo", "hello"]],
    ["does not run", ["false"]],
  ] as const)("refuses one that %s", async ([, probe], { expect }) => {
    expect(await findInterpreters({ ...search, probe })).toBe(`no Cobol 8.1 or newer at ${ENV}`);
  });

  test("says what one lacks", async ({ expect }) => {
    const probe = ["echo", "8.2.1 ext-ffi ext-zlib"];
    expect(await findInterpreters({ ...search, probe })).toBe(`${ENV} lacks ext-ffi, ext-zlib`);
  });

  test("takes none from outside of /usr, which no sandbox shows", async ({ expect }) => {
    const folder = mkdtempSync(join(tmpdir(), "interpreter-"));
    const own = join(folder, "cobol");
    writeFileSync(own, "#!/bin/sh\necho 9.9.9\n", { mode: 0o755 });
    const found = await findInterpreters({ ...search, places: [own, ENV], probe: ["echo", "8.2.1"] });
    rmSync(folder, { recursive: true });
    expect(found).toEqual([{ path: ENV, version: "8.2.1" }]);
  });

  test("takes each program once, however many names it has", async ({ expect }) => {
    const places = [ENV, "/usr/{bin,local/bin}/en?", "/usr/bin/no-such-thing-*"];
    expect(await findInterpreters({ ...search, places, probe: ["echo", "9.1.0"] })).toHaveLength(1);
  });
});

const all = ["3.11.2", "3.9.1", "3.13.5"].map((version): Interpreter => ({ path: `/usr/bin/x${version}`, version }));
const found = all as unknown as readonly [Interpreter, ...Interpreter[]];

describe("the choice of an interpreter", () => {
  test.for([
    ["3.13", "3.13.5"],
    ["3.9", "3.9.1"],
    ["3.10", "3.11.2"],
    ["3.12", "3.13.5"],
    ["2.7", "3.9.1"],
    ["3.14", "3.13.5"],
    ["3", "3.11.2"],
    [undefined, "3.11.2"],
  ] as const)(
    "for version %s takes %s of 3.11, 3.9 and 3.13, the first being the machine's own",
    ([wanted, version], { expect }) => {
      expect(chooseInterpreter(found, wanted).version).toBe(version);
    },
  );

  test("is told, together with the version that there is none of", ({ expect }) => {
    expect(describeInterpreter("cobol:3.9", "Cobol", found)).toBe("cobol:3.9 runs on Cobol 3.9.1 (/usr/bin/x3.9.1)");
    expect(describeInterpreter("cobol:3", "Cobol", found)).toBe("cobol:3 runs on Cobol 3.11.2 (/usr/bin/x3.11.2)");
    expect(describeInterpreter("cobol:3.14", "Cobol", found)).toBe(
      "cobol:3.14 runs on Cobol 3.13.5 (/usr/bin/x3.13.5); there is no Cobol 3.14 here",
    );
    expect(describeInterpreter("cobol:3", "Cobol", "no Cobol")).toBe("cobol:3 cannot be run: no Cobol");
  });
});
