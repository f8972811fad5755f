import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { findLaunchers } from "../catalogue.ts";
import { joinCommonJs } from "./join-commonjs.ts";
import { moduleClosure } from "./module-closure.ts";

const scratch = mkdtempSync(join(tmpdir(), "catalogue-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const cacheDir = join(scratch, "cache");
const ownMajor = Number(process.versions.node.split(".")[0]);

describe("the catalogue of launchers", () => {
  test("runs nodejs kinds on a Node.js of that major version, else on the server's own, and says so", async ({
    expect,
  }) => {
    const kinds = [`nodejs:${ownMajor}`, "nodejs:1"];
    const { launcherFor, lines } = await findLaunchers({ cacheDir, kinds, env: {} });
    for (const kind of kinds) expect(launcherFor(kind, "")).toMatchObject({ whenGone: "connection-lost" });
    expect(lines[0]).toMatch(new RegExp(`^nodejs:${ownMajor} runs on Node.js ${process.version} \\(`));
    expect(lines[1]).toContain(`nodejs:1 runs on Node.js ${process.version}`);
    expect(lines[1]).toContain("; set MERINGUE_NODE_1 for Node.js 1");
  });

  test("takes the Node.js that an environment variable names", async ({ expect }) => {
    const other = join(scratch, "node7");
    writeFileSync(other, `#!/bin/sh\ncase "$*" in --version) echo v77.1.2;; *) exit 9;; esac`, { mode: 0o755 });
    const env = { MERINGUE_NODE_77: other };
    const { launcherFor, lines } = await findLaunchers({ cacheDir, kinds: ["nodejs:77"], env });
    expect(lines).toEqual([`nodejs:77 runs on Node.js v77.1.2 (${other})`]);
    expect(launcherFor("nodejs:77", "")).toMatchObject({
      binds: expect.arrayContaining([{ source: other, target: "/runtime/bin/node" }]),
    });
  });

  test("says why there is no launcher", async ({ expect }) => {
    const { launcherFor } = await findLaunchers({ cacheDir });
    expect(launcherFor("cobol:85", "someone/action-cobol")).toBe("no launcher for cobol:85 without Docker");
    expect(launcherFor("python:2", "")).toBe("no launcher for python:2 without Docker");
    expect(launcherFor("blackbox", "someone/image")).toBe("no launcher for image someone/image without Docker");
    expect(launcherFor("blackbox", "openwhisk/dockerskeleton:nightly")).toHaveProperty("argv");
  });

  test("runs whatever PHP 8 and Ruby a manifest names on the machine's own, but no PHP 7", async ({ expect }) => {
    const { launcherFor } = await findLaunchers({ cacheDir });
    expect(launcherFor("php:8.1", "")).toEqual(launcherFor("php:8.2", ""));
    expect(launcherFor("ruby:2.5", "")).toEqual(launcherFor("ruby:3.1", ""));
    expect(launcherFor("php:7.4", "")).toBe("no launcher for php:7.4 without Docker");
  });

  test("binds only what exists, read from one folder that is made once", async ({ expect }) => {
    const { launcherFor } = await findLaunchers({ cacheDir });
    await findLaunchers({ cacheDir });
    const found = [launcherFor("nodejs", ""), launcherFor("typescript", ""), launcherFor("blackbox", "dockerskeleton")];
    const binds = found.flatMap((launcher) => (typeof launcher === "string" ? [] : launcher.binds));
    for (const { source } of binds) expect(existsSync(source), source).toBe(true);
    expect(readdirSync(cacheDir)).toHaveLength(1);
  });
});

describe("the joining of CommonJS files", () => {
  test("makes a program of several files, whose later loads still work", ({ expect }) => {
    const folder = join(scratch, "joined");
    mkdirSync(folder);
    writeFileSync(join(folder, "c.cjs"), `"use strict";\nmodule.exports = { c: 3 };\n`);
    writeFileSync(
      join(folder, "b.cjs"),
      `"use strict";\nconst { c } = require("./c.cjs");\nmodule.exports = { b: c + 1 };\n`,
    );
    writeFileSync(join(folder, "later.cjs"), `module.exports = 10;`);
    const program = `"use strict";\nconst { b } = require("./b.cjs");\nconst { c } = require("./c.cjs");\nconsole.log(b, c, require("./later.cjs"));\n`;
    writeFileSync(join(folder, "a.cjs"), program);
    const joined = joinCommonJs(join(folder, "a.cjs"));
    rmSync(join(folder, "b.cjs"));
    rmSync(join(folder, "c.cjs"));
    writeFileSync(join(folder, "a.cjs"), joined);
    expect(execFileSync(process.execPath, [join(folder, "a.cjs")]).toString()).toBe("4 3 10\n");
  });
});

describe("the closure of a package", () => {
  test("holds what it depends on, directly or not, and each only once", ({ expect }) => {
    const root = join(scratch, "closure");
    const install = (path: string, name: string, dependencies: Record<string, string>): void => {
      mkdirSync(join(root, path), { recursive: true });
      writeFileSync(join(root, path, "package.json"), JSON.stringify({ name, version: "1.0.0", dependencies }));
    };
    install("node_modules/a", "a", { b: "*", c: "*" });
    install("node_modules/a/node_modules/c", "c", { d: "*" });
    install("node_modules/b", "b", { a: "*" });
    install("node_modules/d", "d", {});
    install("node_modules/unrelated", "unrelated", {});
    expect(moduleClosure("a", root).map(({ id }) => id)).toEqual(["a@1.0.0", "b@1.0.0", "d@1.0.0"]);
    expect(() => moduleClosure("missing", root)).toThrow("the package missing is not installed");
  });
});
