import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type RedisServer, redisUnavailable, type ServerProcess, startRedis, startServer } from "@meringue/testkit";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type ApiAnswer, type ApiClient, apiClient } from "./api-client.ts";
import { type Composed, type Composer, deployer, installedComposer } from "./composer-client.ts";

type Numbers = { n: number };
declare let x: number;

const double = ({ n }: Numbers): Numbers => ({ n: n * 2 });

interface Example {
  readonly name: string;
  readonly compose: (composer: Composer) => Composed;
  readonly input?: object;
  readonly result: object;
}

const inc = (composer: Composer): Composed => composer.action("inc", { action: ({ n }: Numbers) => ({ n: n + 1 }) });

/** Every combinator that needs Redis, alone and inside others. */
const examples: readonly Example[] = [
  {
    name: "parallel",
    compose: (c) => c.parallel(inc(c), double, c.sequence(inc(c), inc(c))),
    input: { n: 5 },
    result: { value: [{ n: 6 }, { n: 10 }, { n: 7 }] },
  },
  { name: "par", compose: (c) => c.par(double, inc(c)), input: { n: 3 }, result: { value: [{ n: 6 }, { n: 4 }] } },
  {
    name: "map",
    compose: (c) => c.map(inc(c), double),
    input: { value: [{ n: 1 }, { n: 2 }, { n: 3 }] },
    result: { value: [{ n: 4 }, { n: 6 }, { n: 8 }] },
  },
  {
    name: "map of what is no object",
    compose: (c) => c.map(({ value }: { value: number }) => value * 10),
    input: { value: [1, 2] },
    result: { value: [{ value: 10 }, { value: 20 }] },
  },
  { name: "map of nothing", compose: (c) => c.map(inc(c)), input: { value: [] }, result: { value: [] } },
  {
    name: "map inside parallel",
    compose: (c) => c.parallel(c.map(double), ({ value }: { value: Numbers[] }) => ({ n: value.length })),
    input: { value: [{ n: 1 }, { n: 2 }] },
    result: { value: [{ value: [{ n: 2 }, { n: 4 }] }, { n: 2 }] },
  },
  {
    name: "parallel, one of which fails",
    compose: (c) => c.parallel(inc(c), () => ({ error: "no luck" })),
    input: { n: 1 },
    result: { value: [{ n: 2 }, { error: "no luck" }] },
  },
  {
    name: "parallel, whose components have variables of their own",
    compose: (c) =>
      c.let(
        { x: 1 },
        c.parallel(
          () => ({ x: ++x }),
          () => ({ x: x + 10 }),
        ),
        ({ value }: { value: object[] }) => ({ value, x }),
      ),
    result: { value: [{ x: 2 }, { x: 11 }], x: 1 },
  },
];

/** What operators of OpenWhisk have: the shared package `utils` of the namespace whisk.system, with its action `echo`. */
async function makeEcho({ url, dataDir }: ServerProcess): Promise<void> {
  const words = ["scripts/meringue.mjs", "admin", "--data-dir", dataDir, "user", "get", "whisk.system"];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: ROOT });
  const owner = apiClient(url, stdout.trim());
  await owner.call("PUT", "packages/utils", { publish: true });
  await owner.call("PUT", "actions/utils/echo", {
    exec: { kind: "nodejs:default", code: "const main = (params) => params;" },
  });
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const installed = installedComposer();
const unavailable = redisUnavailable();
const missing = installed === undefined ? "npm openwhisk-composer is not installed" : unavailable;
const { composer } = (installed ?? {}) as NonNullable<typeof installed>;

describe.skipIf(missing !== undefined)(
  `npm openwhisk-composer with a real Redis, unchanged${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  { timeout: 60_000 },
  () => {
    let redis: RedisServer;
    let server: ServerProcess;
    let api: ApiClient;
    let deploy: ReturnType<typeof deployer>;

    beforeAll(async () => {
      redis = await startRedis(); // before the server: its containers' network keeps off what is there already
      server = await startServer({ flags: ["--containers", "sandbox"] });
      api = apiClient(server.url, server.guestKey);
      deploy = deployer(server);
    });
    afterAll(async () => {
      await server?.[Symbol.asyncDispose]();
      await redis?.[Symbol.asyncDispose]();
    });

    function invoke(action: string, input: object, uri: string): Promise<ApiAnswer> {
      return api.call("POST", `actions/${action}?blocking=true&result=true`, {
        ...input,
        $composer: { redis: { uri } },
      });
    }

    test.for(examples)("$name", async ({ name, compose, input = {}, result }, { expect }) => {
      const action = name.replaceAll(/\W/g, "-");
      await deploy(action, compose(composer));
      const answer = await invoke(action, input, redis.uri);

      expect([answer.status, answer.json]).toEqual([200, result]);
      expect(await redis.keyCount()).toBe(0);
    });

    test("takes where Redis is from a package that it is in", async ({ expect }) => {
      const parameters = [{ key: "$composer", value: { redis: { uri: redis.uri } } }];
      await api.call("PUT", "packages/redis-there?overwrite=true", { parameters });
      await deploy("redis-there/twice", composer.parallel(double, double));
      const answer = await api.call("POST", "actions/redis-there/twice?blocking=true&result=true", { n: 1 });

      expect([answer.status, answer.json]).toEqual([200, { value: [{ n: 2 }, { n: 2 }] }]);
    });

    test("says so when it is not told where Redis is", async ({ expect }) => {
      await deploy("homeless", composer.parallel(double));
      const answer = await api.call("POST", "actions/homeless?blocking=true&result=true", { n: 1 });

      expect([answer.status, answer.json]).toEqual([
        502,
        { error: "Parallel combinator requires a properly configured redis instance" },
      ]);
    });

    test("waits on for a slow component by way of whisk.system's echo, until it has ended", async ({ expect }) => {
      await makeEcho(server);
      const slow = ({ n }: Numbers): Promise<Numbers> =>
        new Promise((resolve) => setTimeout(() => resolve({ n: n + 1 }), 2_500));
      await deploy("slow", composer.parallel(slow, double), { timeoutMs: 6_500 }); // it waits a second at a time
      const answer = await invoke("slow", { n: 1 }, redis.uri);

      expect([answer.status, answer.json]).toEqual([200, { value: [{ n: 2 }, { n: 2 }] }]);
      const { json } = await api.call("GET", "activations?limit=200");
      expect((json as { name: string }[]).filter(({ name }) => name === "echo").length).toBeGreaterThanOrEqual(1);
    });
  },
);
