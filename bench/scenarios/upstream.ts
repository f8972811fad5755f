import { availableParallelism } from "node:os";
import { httpCall } from "../src/http-call.ts";
import { idleRows } from "../src/idle-calls.ts";
import type { LoadSpec } from "../src/load.ts";
import { ARGUMENTS, HELLO, startPlatform } from "../src/platform.ts";
import { pinProcess } from "../src/proc.ts";
import { alternate, comparedRow, warmUp } from "../src/rounds.ts";
import { skippedRow } from "../src/row.ts";
import type { Scenario } from "../src/scenario.ts";
import { startUpstream, type UpstreamProcess, upstreamUnusable } from "../src/upstream-process.ts";

const CONNECTIONS = 64;
const RUNTIME_CPU = 0;
const OTHERS_CPU = 1;
const WHAT = "throughput with OpenWhisk's runtime (on cpu 0, the rest on cpu 1), share of the runtime's own";

/** The platform in front of OpenWhisk's own nodejs runtime, beside that runtime alone. */
export const upstream: Scenario = {
  name: "upstream",
  title: `OpenWhisk's own nodejs runtime, ${CONNECTIONS} clients`,
  remote: false,
  async run(bench) {
    const checkout = bench.upstreamRuntime;
    const unusable = checkout === undefined ? "no --upstream-runtime was given" : upstreamUnusable(checkout);
    if (checkout === undefined || unusable !== undefined) return [skippedRow(WHAT, unusable ?? "", "G2")];
    if (availableParallelism() < 2) return [skippedRow(WHAT, "places need two processors", "G2")];

    await using stack = new AsyncDisposableStack();
    const bare = await startUpstream(checkout, { cpu: RUNTIME_CPU, env: { __OW_ALLOW_CONCURRENT: "true" } });
    stack.defer(() => bare.end());
    const direct = await initialized(bare);
    const preload = new URL("../src/upstream-preload.ts", import.meta.url).href;
    const env = {
      NODE_OPTIONS: `--import=${preload}`,
      BENCH_UPSTREAM_RUNTIME: checkout,
      BENCH_UPSTREAM_CPU: `${RUNTIME_CPU}`,
    };
    const platform = stack.use(await startPlatform(bench, [], { env }));
    await pinProcess(platform.pid ?? 0, OTHERS_CPU);
    await platform.put("hello", HELLO);
    await platform.invoke("hello");
    const { origin } = platform;
    const spec = { connections: CONNECTIONS, seconds: bench.seconds, cpu: OTHERS_CPU };
    const ours: LoadSpec = { ...spec, origin, requests: [platform.invocation("hello")] };
    await warmUp(bench, ours);
    const compared = await alternate(bench, {
      bare: { spec: { ...spec, ...direct }, pid: bare.child.pid },
      platform: { spec: ours, pid: platform.pid },
    });
    return [
      comparedRow(
        compared,
        { goal: "G2", what: WHAT, unit: "%" },
        (round) => (round.platform.perSecond / round.bare.perSecond) * 100,
      ),
      comparedRow(compared, { what: "runtime alone", unit: "calls/s" }, (round) => round.bare.perSecond),
      comparedRow(compared, { what: "platform", unit: "calls/s" }, (round) => round.platform.perSecond),
      comparedRow(compared, { what: "platform, p99", unit: "µs" }, (round) => round.platform.p99),
      comparedRow(compared, { what: "runtime alone, CPU per call", unit: "µs" }, (round) => round.bare.serverCpu),
      comparedRow(
        compared,
        { what: "runtime behind the platform, CPU per call", unit: "µs" },
        (round) => round.platform.childrenCpu,
      ),
      comparedRow(compared, { what: "server, CPU per call", unit: "µs" }, (round) => round.platform.serverCpu),
      ...(await idleRows(bench, platform, "hello")),
    ];
  },
};

/** Gives the runtime the action. @returns how it is called without a platform. */
async function initialized({ port, child }: UpstreamProcess): Promise<Pick<LoadSpec, "origin" | "requests">> {
  child.stdout?.resume();
  child.stderr?.resume();
  const origin = `http://127.0.0.1:${port}`;
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ value: { name: "hello", main: "main", code: HELLO.code } });
  const { status, text } = await httpCall(`${origin}/init`, { method: "POST", headers, body });
  if (status !== 200) throw new Error(`the runtime answered ${status} ${text}`);
  return { origin, requests: [{ method: "POST", path: "/run", headers, body: `{"value":${ARGUMENTS}}` }] };
}
