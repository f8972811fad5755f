/**
 * `node scripts/run.mjs scripts/with-cluster.ts COMMAND [ARGS…]`: starts a cluster, runs the command with
 * `MERINGUE_TEST_SERVER` and `MERINGUE_TEST_SERVER_KEY` naming it, stops the cluster, and ends as the command did. Its
 * registry is Consul where that is there, else Kafka's pings.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { clusterUnavailable, startCluster } from "./cluster/start-cluster.ts";

const [command, ...args] = process.argv.slice(2);
const registry = clusterUnavailable({ registry: "consul" }) === undefined ? "consul" : "kafka";
const why = command === undefined ? "no command is given" : clusterUnavailable();
if (command === undefined || why !== undefined) {
  console.error(`with-cluster: ${why}`);
  process.exitCode = 1;
} else {
  process.exitCode = await runWithCluster(command, args);
}

async function runWithCluster(program: string, words: readonly string[]): Promise<number> {
  const since = Date.now();
  const cluster = await startCluster({ registry, webHost: "fn.example.org" });
  console.log(`with-cluster: ${cluster.url}, registry ${registry}, is ready after ${Date.now() - since} ms`);
  try {
    const env = { ...process.env, MERINGUE_TEST_SERVER: cluster.url, MERINGUE_TEST_SERVER_KEY: cluster.guestKey };
    const child = spawn(program, words, { stdio: "inherit", env });
    const [code] = (await once(child, "exit")) as [number | null];
    return code ?? 1;
  } finally {
    for (const { name, output } of [...cluster.controllers, ...cluster.invokers]) {
      const lines = output()
        .split("\n")
        .filter((line) => line.startsWith("{"));
      if (lines.length > 0) console.log(`with-cluster: ${name} logged\n${lines.join("\n")}`);
    }
    await cluster.stop();
  }
}
