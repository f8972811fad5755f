import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DEFAULT_SOCKET_PATH, dockerUnavailable, engineSocketPath } from "@meringue/docker";
import { median } from "../src/figures.ts";
import { type Answer, httpCall } from "../src/http-call.ts";
import { idleRows } from "../src/idle-calls.ts";
import { HELLO, startPlatform } from "../src/platform.ts";
import { settle } from "../src/proc.ts";
import { skippedRow } from "../src/row.ts";
import type { Scenario } from "../src/scenario.ts";

const run = promisify(execFile);
const IMAGE = "meringue/action-nodejs-v24";
const STARTS = 5;
/** There are no stem cells of this size, so that every container starts from nothing. */
const MEMORY_MB = 192;
const TIMEOUT_MS = 60_000;
const POLL_MS = 2;
const WHAT = "nodejs, cold: first result, multiple of `docker run` and two requests";

/** First calls of new actions with Docker, beside the same image started and called by hand. */
export const docker: Scenario = {
  name: "docker",
  title: "First calls of new actions, one at a time, with Docker",
  remote: false,
  async run(bench) {
    const missing = await whatIsMissing();
    if (missing !== undefined) return [skippedRow(WHAT, missing, "G6")];
    await using stack = new AsyncDisposableStack();
    const network = await ownNetwork(stack);
    const platform = stack.use(await startPlatform(bench, ["--containers", "docker"]));
    const [bare, empty, ours]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < bench.rounds; round++) {
      const [byHand, nothing, byPlatform]: [number[], number[], number[]] = [[], [], []];
      for (let time = 0; time < (bench.quick ? 1 : STARTS); time++) {
        byHand.push(await firstResultByHand(network));
        nothing.push(await emptyRun(network));
        await platform.put(`cold${round}_${time}`, HELLO, MEMORY_MB);
        await settle(bench, platform.pid);
        byPlatform.push(await platform.invoke(`cold${round}_${time}`));
      }
      bare.push(median(byHand));
      empty.push(median(nothing));
      ours.push(median(byPlatform));
    }
    const ratio = ours.map((ms, round) => ms / (bare[round] ?? Number.NaN));
    return [
      { goal: "G6", what: WHAT, unit: "×", values: ratio },
      { what: "nodejs, cold: call to result", unit: "ms", values: ours },
      { what: "`docker run` of the image, to the result of its first /run", unit: "ms", values: bare },
      { what: "`docker run` of the image with `node -e 0`, to its end", unit: "ms", values: empty },
      ...(await idleRows(bench, platform, "cold0_0")),
    ];
  },
};

async function whatIsMissing(): Promise<string | undefined> {
  const why = await dockerUnavailable(engineSocketPath(process.env["DOCKER_HOST"]) ?? DEFAULT_SOCKET_PATH);
  if (why !== undefined) return why;
  return command("image", "inspect", IMAGE).then(
    () => undefined,
    () => `there is no image ${IMAGE}`,
  );
}

async function command(...words: readonly string[]): Promise<string> {
  return (await run("docker", words)).stdout.trim();
}

interface Network {
  readonly name: string;
  /** An address in it that nobody has. */
  readonly address: string;
}

/** A bridge like the one that the platform makes, so that both starts pay for the same. */
async function ownNetwork(stack: AsyncDisposableStack): Promise<Network> {
  const name = `meringue-bench-${process.pid}`;
  const remove = (): Promise<string> => command("network", "rm", name);
  // An address may be asked for only in a subnet that was asked for: the one that the engine finds free.
  await command("network", "create", name);
  const subnet = await command("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", name);
  await remove();
  await command("network", "create", "--subnet", subnet, name);
  stack.defer(() => remove().then(() => undefined));
  return { name, address: subnet.replace(/\.\d+\/\d+$/, ".200") };
}

function runFlags({ name, address }: Network): string[] {
  const memory = `${MEMORY_MB}m`;
  return ["--network", name, "--ip", address, "--memory", memory, "--memory-swap", memory];
}

/** @returns milliseconds from `docker run` to the result of the first run. */
async function firstResultByHand(network: Network): Promise<number> {
  const started = performance.now();
  const container = command("run", "-d", ...runFlags(network), IMAGE);
  container.catch(() => undefined); // it is looked at below
  try {
    const origin = `http://${network.address}:8080`;
    await untilAnswered(
      `${origin}/init`,
      { value: { name: "hello", main: "main", code: HELLO.code, binary: false } },
      started,
    );
    const { status, text } = await post(`${origin}/run`, { value: {} });
    const ms = performance.now() - started;
    if (status !== 200) throw new Error(`the container answered ${status} ${text}`);
    return ms;
  } finally {
    await command("rm", "-f", await container);
  }
}

async function emptyRun(network: Network): Promise<number> {
  const started = performance.now();
  await command("run", "--rm", ...runFlags(network), "--entrypoint", "node", IMAGE, "-e", "0");
  return performance.now() - started;
}

async function untilAnswered(url: string, body: object, started: number): Promise<void> {
  for (;;) {
    try {
      const { status, text } = await post(url, body);
      if (status !== 200) throw new Error(`the container answered ${status} ${text}`);
      return;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      const early = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"].includes(code);
      if (!early || performance.now() - started > TIMEOUT_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS)); // it does not listen yet
    }
  }
}

function post(url: string, body: object): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  return httpCall(url, { method: "POST", headers, body: JSON.stringify(body), timeoutMs: TIMEOUT_MS });
}
