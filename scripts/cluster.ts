/**
 * `npm run cluster [-- --registry consul]`: a whole cluster on this machine, until Ctrl-C. Its data is thrown away
 * afterwards.
 */
import { parseArgs } from "node:util";
import { clusterUnavailable, startCluster } from "./cluster/start-cluster.ts";

const { values } = parseArgs({ options: { registry: { type: "string", default: "kafka" } } });
const registry = values.registry === "consul" ? "consul" : "kafka";
const why = clusterUnavailable({ registry });
if (why === undefined) await run();
else {
  console.error(`The cluster cannot be started here: ${why}.`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const stopAsked = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopAsked.resolve());
  process.once("disconnect", () => stopAsked.resolve());
  const cluster = await startCluster({ registry, say: (line) => console.log(line) });
  for (const { name, url, pid } of [...cluster.controllers, ...cluster.invokers])
    console.log(`${name}: ${url}, process ${pid}`);
  console.log(`Kafka: ${cluster.kafka.address}; CouchDB: ${cluster.couch.url}`);
  console.log(`wsk property set --apihost ${cluster.url}`);
  console.log(`wsk property set --auth ${cluster.guestKey}`);
  console.log(`ready: ${cluster.url}`);
  await stopAsked.promise;
  console.log("stopping");
  await cluster.stop();
}
