import { describe, type ExpectStatic, test } from "vitest";
import { ask, realRuntime, whyNoContainers } from "./real-engine.ts";

const why = await whyNoContainers();
const SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";
const OUTPUT_TIMEOUT_MS = 10_000;
/** Loading Rails' helpers takes seconds on a busy machine. */
const SLOW_TEST_MS = 30_000;
const PYTHON = "meringue/action-python-v3.11";
const NATIVE = "openwhisk/dockerskeleton:latest";

function text(code: string): object {
  return { name: "test", main: "main", binary: false, code, env: { STAGE: "prod" } };
}

describe.skipIf(why !== undefined)("our images (if a Docker engine answers and has them)", () => {
  test.for([20, 22, 24])("run Node.js %i, with openwhisk and npm", async (major, { expect }) => {
    await using world = await realRuntime();
    const action = await world.start({ image: `meringue/action-nodejs-v${major}` });
    const code = `const stage = process.env.STAGE;
      function main({ name }) {
        console.log("hello stdout");
        console.error("hello stderr");
        const npm = require("child_process").execFileSync("npm", ["--version"]).toString();
        const { version } = require("openwhisk/package.json");
        return { name, stage, major: process.versions.node.split(".")[0], version, npm: npm.split(".").length, gc: typeof gc };
      }`;
    expect(await action.init(text(code))).toEqual({ OK: true });
    expect(await action.run({ name: "❄" })).toEqual({
      name: "❄",
      stage: "prod",
      major: `${major}`,
      version: expect.stringMatching(/^3\.21\./) as unknown,
      npm: 3,
      gc: "function",
    });
    await printed(expect, action.output.stdout, `hello stdout\n${SENTINEL}`);
    await printed(expect, action.output.stderr, `hello stderr\n${SENTINEL}`);
  });

  test("run TypeScript", async ({ expect }) => {
    await using world = await realRuntime();
    const action = await world.start({ image: "meringue/action-typescript-v24" });
    const code = `enum Word { hello = "Hello" }
      export function main({ name }: { name: string }): { greeting: string } { return { greeting: Word.hello + " " + name }; }`;
    expect(await action.init(text(code))).toMatchObject({});
    expect(await action.run({ name: "Ada" })).toEqual({ greeting: "Hello Ada" });
    await printed(expect, action.output.stderr, SENTINEL);
  });

  test("run Python, whose process may end without its container", async ({ expect }) => {
    await using world = await realRuntime();
    const action = await world.start({ image: PYTHON });
    expect(await action.init(text("import nothing_of_the_kind"))).toEqual({
      error: "Cannot start action. Check logs for details.",
    });
    const code = `import os, sys, lxml, requests, twisted
print("at load", os.environ["STAGE"])
def main(args):
    if "exit" in args:
        sys.exit(1)
    return {"version": sys.version_info[:2], "api": os.environ["__OW_API_HOST"], "name": args["name"]}`;
    expect(await action.init(text(code))).toEqual({ ok: true });
    expect(await action.run({ name: "❄ ☃ ❄" })).toEqual({
      version: [3, 11],
      api: expect.stringMatching(/^http:\/\/\d/) as unknown,
      name: "❄ ☃ ❄",
    });
    expect(await action.run({ exit: true })).toEqual({ error: "command exited" });
    expect(await action.run({ name: "again" })).toEqual({ error: "no action defined yet" });
    await printed(expect, action.output.stdout, `${SENTINEL}at load prod\n${SENTINEL}${SENTINEL}`);
    expect(action.output.stderr()).toContain("ModuleNotFoundError");
  });

  test("run PHP, with upstream's extensions and libraries", async ({ expect }) => {
    await using world = await realRuntime();
    const action = await world.start({ image: "meringue/action-php-v8.2" });
    expect(await action.init(text("<?php exit(1);"))).toEqual({
      error: "Cannot start action. Check logs for details.",
    });
    const code = `<?php
echo "at load ", getenv("STAGE"), "\n";
function main(array $args): array {
  if (isset($args["exit"])) exit(1);
  file_put_contents("php://stderr", "no end of line");
  $wanted = ["bcmath", "curl", "gd", "intl", "mbstring", "mongodb", "mysqli", "pdo_mysql", "pdo_pgsql", "pdo_sqlite", "soap", "zip"];
  return [
    "version" => PHP_MAJOR_VERSION . "." . PHP_MINOR_VERSION,
    "missing" => array_values(array_diff($wanted, array_map("strtolower", get_loaded_extensions()))),
    "uuid" => strlen(Ramsey\\Uuid\\Uuid::uuid4()->toString()),
    "client" => get_class(new GuzzleHttp\\Client()),
    "name" => $args["name"],
  ];
}`;
    expect(await action.init(text(code))).toEqual({ ok: true });
    const result = { version: "8.2", missing: [], uuid: 36, client: "GuzzleHttp\\Client", name: "❄ ☃ ❄" };
    expect(await action.run({ name: "❄ ☃ ❄" })).toEqual(result);
    expect(await action.run({ exit: true })).toEqual({ error: "command exited" });
    await printed(
      expect,
      action.output.stderr,
      `Command exited abruptly during initialization.\n${SENTINEL}no end of line\n${SENTINEL}${SENTINEL}`,
    );
    expect(action.output.stdout()).toContain("at load prod\n");
  });

  test("run Ruby, with upstream's gems", { timeout: SLOW_TEST_MS }, async ({ expect }) => {
    await using world = await realRuntime();
    const action = await world.start({ image: "meringue/action-ruby-v3.1" });
    expect(await action.init(text("10 PRINT"))).toEqual({
      error: "Invalid Ruby Code: failed to parse the input code",
    });
    const code = `require "active_support/all"
require "jwt"
require "mechanize"
require "zip"
puts "at load #{ENV["STAGE"]}"
def main(args)
  raise "nooooo" if args["raise"]
  { version: RUBY_VERSION[/\\d+\\.\\d+/], days: 2.days.to_i, name: args["name"], bundle: \`bundle --version\`[/^\\w+/] }
end`;
    expect(await action.init(text(code))).toEqual({ OK: true });
    const result = { version: "3.1", days: 172_800, name: "❄ ☃ ❄", bundle: "Bundler" };
    expect(await action.run({ name: "❄ ☃ ❄" })).toEqual(result);
    const error = "Invalid Action: An error occurred running the action";
    expect(await action.run({ raise: true })).toEqual({ error });
    const refusal = "Invalid Ruby Code: failed to parse the input code";
    const failures = [refusal, error].map((text) => `{"error":"${text}"}\n${SENTINEL}`);
    await printed(expect, action.output.stdout, `${failures[0]}at load prod\n${SENTINEL}${failures[1]}`);
    expect(action.output.stderr()).toContain("nooooo (RuntimeError)");
  });

  test("run native actions, and a stub before there is one", async ({ expect }) => {
    await using world = await realRuntime();
    const action = await world.start({ image: NATIVE, kind: "blackbox" });
    expect(await action.init({ name: "test", main: "main", binary: false, env: null })).toMatchObject({});
    expect(await action.run()).toEqual({ error: "This is a stub action. Replace it with custom logic." });

    const script = await world.start({ image: NATIVE, kind: "blackbox" });
    await script.init(
      text('#!/bin/bash\necho "some log"\necho "{\\"pwd\\": \\"$PWD\\", \\"name\\": $(jq .name <<< "$1")}"'),
    );
    expect(await script.run({ name: "Ada" })).toEqual({ pwd: "/action", name: "Ada" });
    await printed(expect, script.output.stdout, `some log\n${SENTINEL}`);
  });

  test("are derived from by users, whose own executable runs without code", async ({ expect }) => {
    await using image = await derived(
      NATIVE,
      `printf '#!/bin/sh\\necho "{\\"mine\\": true}"' > /action/exec && chmod +x /action/exec`,
    );
    await using world = await realRuntime();
    const action = await world.start({ image: image.name, kind: "blackbox" });
    await action.init({ name: "test", main: "main", binary: false, env: null });
    expect(await action.run()).toEqual({ mine: true });
  });

  test("run as long as their launcher does", async ({ expect }) => {
    await using world = await realRuntime();
    const { container, init, run } = await world.start({ image: NATIVE, kind: "blackbox" });
    await init(text("#!/bin/sh\nkill -9 $PPID"));
    await expect(run()).rejects.toThrow();
    expect(await container.exited).toEqual({ reason: "exited", code: null });
  });
});

/** Output comes by another way than the answer: it may be later. */
function printed(expect: ExpectStatic, output: () => string, wanted: string): Promise<void> {
  return expect.poll(output, { timeout: OUTPUT_TIMEOUT_MS }).toBe(wanted);
}

/** An image in which a command has been run; removed at the end of the test. */
async function derived(from: string, command: string): Promise<{ readonly name: string } & AsyncDisposable> {
  const name = `meringue/test-derived-${process.pid}`;
  const HostConfig = { NetworkMode: "none" }; // the default bridge is not everywhere, and not needed
  const created = await ask("POST", "/containers/create", { Image: from, Cmd: ["/bin/sh", "-c", command], HostConfig });
  const { Id } = created as { Id: string };
  const { Config } = (await ask("GET", `/images/${from}/json`)) as { Config: { Cmd: string[] } };
  await ask("POST", `/containers/${Id}/start`);
  await ask("POST", `/containers/${Id}/wait`);
  await ask("POST", `/commit?container=${Id}&repo=${name}`, { Cmd: Config.Cmd });
  await ask("DELETE", `/containers/${Id}`);
  return {
    name,
    async [Symbol.asyncDispose]() {
      await ask("DELETE", `/images/${name}`);
    },
  };
}
