import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type openwhisk from "openwhisk";
import { describe, onTestFinished, test } from "vitest";

const MINUTE_MS = 60_000;
const ready = /^ready: (http:\/\/\S+)$/m;
const guestKey = /^wsk property set --auth (\S+)$/m;

/** HEAD, cloned as a newcomer would, and an environment that shares nothing with this checkout: not its Node, no npm cache. */
function freshClone() {
  const world = mkdtempSync(join(tmpdir(), "meringue-fresh-"));
  onTestFinished(() => rmSync(world, { recursive: true, force: true }));
  const root = join(world, "clone");
  execFileSync("git", ["clone", "--quiet", join(import.meta.dirname, ".."), root]);
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|MERINGUE_)/i.test(name));
  const path = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !/\/(\.node|node_modules)\//.test(folder));
  const env = { ...Object.fromEntries(own), PATH: path.join(delimiter), npm_config_cache: join(world, "cache") };
  return { root, dataDir: join(world, "data"), env };
}

/** Starts a server by `npm start` and waits until it says that it is ready. It is ended with the test. */
async function npmStart({ root, env, dataDir }: ReturnType<typeof freshClone>) {
  const child = spawn("npm", ["start", "--", "--port", "0", "--data-dir", dataDir], { cwd: root, env, stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGTERM"));
  let output = "";
  const isReady = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (ready.test(output)) isReady.resolve();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  void ended.then((code) => isReady.reject(new Error(`npm start ended with ${code}:\n${output}`)));
  await isReady.promise;
  return {
    child: child as ChildProcess,
    ended,
    url: ready.exec(output)?.[1] ?? "",
    key: guestKey.exec(output)?.[1] ?? "",
  };
}

describe.skipIf(process.env["MERINGUE_LANE"] !== "fresh-clone")(
  "a fresh clone (needs MERINGUE_LANE=fresh-clone)",
  () => {
    test("serves a real client after npm start, hears its operator, and starts again at once", {
      timeout: 10 * MINUTE_MS,
    }, async ({ expect }) => {
      const clone = freshClone();
      const server = await npmStart(clone);
      const connect = createRequire(import.meta.url)("openwhisk") as typeof openwhisk;
      const client = connect({ apihost: server.url, api_key: server.key });
      await client.actions.update({
        name: "hello",
        action: "function main({ name }) { return { greeting: 'Hello, ' + name } }",
      });
      const result = await client.actions.invoke({
        name: "hello",
        blocking: true,
        result: true,
        params: { name: "Ada" },
      });
      expect(result).toEqual({ greeting: "Hello, Ada" });

      const meringue = (...words: string[]): string =>
        execFileSync("npm", ["run", "-s", "meringue", "--", "admin", "--data-dir", clone.dataDir, ...words], {
          cwd: clone.root,
          env: clone.env,
          encoding: "utf8",
        });
      expect(meringue("user", "get", "guest")).toBe(`${server.key}\n`);
      expect(meringue("user", "block", "guest")).toBe('"guest" blocked successfully\n');
      await expect(client.actions.list()).rejects.toMatchObject({ statusCode: 401 });
      meringue("user", "unblock", "guest");

      server.child.kill("SIGTERM");
      expect(await server.ended).toBe(0);

      const since = performance.now();
      const again = await npmStart(clone);
      expect(performance.now() - since).toBeLessThan(10_000); // nothing is brought a second time
      expect(await connect({ apihost: again.url, api_key: again.key }).actions.list()).toMatchObject([
        { name: "hello" },
      ]);
      expect(execFileSync("git", ["status", "--short"], { cwd: clone.root, encoding: "utf8" })).toBe("");
    });
  },
);
