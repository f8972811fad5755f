import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  COUCH_ACCOUNT,
  type CouchTestServer,
  consulUnavailable,
  couchServerUnavailable,
  type KafkaTestBroker,
  kafkaBrokerUnavailable,
  type NginxTestServer,
  nginxUnavailable,
  startConsul,
  startCouchServer,
  startKafkaBroker,
  startNginx,
} from "@meringue/testkit";
import { nginxConfig } from "../../packages/server/src/nginx/nginx-config.ts";
import { type RoleProcess, roleProcess } from "./role-process.ts";

/** Outside of what systems give to outgoing connections; each cluster has an address of the loopback of its own. */
const FIRST_PORT = { controller: 10_001, invoker: 10_101 } as const;
const UP_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const AUTH = /^wsk property set --auth (\S+)$/m;

export interface ClusterOptions {
  readonly controllers?: number;
  readonly invokers?: number;
  /** Memory for actions of each invoker, in MB. */
  readonly memoryMb?: number;
  /** Who knows which invokers live; Kafka's pings unless told. */
  readonly registry?: "kafka" | "consul";
  /** Domain of namespaces' own hosts. */
  readonly webHost?: string;
  /** More flags of every process. */
  readonly flags?: readonly string[];
  /** Hears what is being started. */
  readonly say?: (line: string) => void;
}

/** A whole cluster on this machine, of real parts, whose data is thrown away afterwards. It ends with this process. */
export interface Cluster {
  /** Of nginx: `http://ADDRESS:PORT`. */
  readonly url: string;
  /** `uuid:key` of the namespace guest. */
  readonly guestKey: string;
  readonly controllers: readonly RoleProcess[];
  readonly invokers: readonly RoleProcess[];
  readonly nginx: NginxTestServer;
  readonly kafka: KafkaTestBroker;
  readonly couch: CouchTestServer;
  /** The folder with all of its data folders. */
  readonly folder: string;
  /** The settings that all processes share, for programs that look into it. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops everything, the ends of the flow first. */
  stop(): Promise<void>;
}

/** @returns undefined when {@link startCluster} can work here, else why not, in one sentence without a period. */
export function clusterUnavailable({ registry }: Pick<ClusterOptions, "registry"> = {}): string | undefined {
  const missing = couchServerUnavailable() ?? kafkaBrokerUnavailable() ?? nginxUnavailable();
  return missing ?? (registry === "consul" ? consulUnavailable() : undefined);
}

/** Starts CouchDB, Kafka, controllers, invokers and nginx. @throws Error of whatever did not start; then nothing is left. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { controllers: controllerCount = 2, invokers: invokerCount = 2, say = () => undefined } = options;
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "meringue-cluster-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  say("starting CouchDB's protocol (pouchdb-server) and Kafka");
  const [couch, kafka] = await both(startCouchServer(), startKafkaBroker());
  stack.defer(() => couch.stop());
  stack.defer(() => kafka.stop());
  const consul = options.registry === "consul" ? await startConsul() : undefined;
  if (consul !== undefined) stack.defer(() => consul.stop());
  const host = ownHost();
  const web = options.webHost === undefined ? {} : { webHost: options.webHost };
  const front = await frontOf(host, controllerCount, web, stack);
  const url = `http://${front.http}`;
  const env = {
    ...environment(couch, kafka, { size: controllerCount, url }),
    ...(consul === undefined ? {} : { MERINGUE_REGISTRY: "consul", MERINGUE_CONSUL_URL: consul.url }),
  };
  const make = (role: "controller" | "invoker", instance: number): RoleProcess => {
    const port = FIRST_PORT[role] + instance;
    const dataDir = join(folder, `${role}${instance}`);
    const own = ["--host", host, "--port", String(port), "--instance", String(instance), "--data-dir", dataDir];
    const memory = role === "invoker" ? ["--user-memory", String(options.memoryMb ?? 1_024)] : [];
    const domain = web.webHost === undefined ? [] : ["--web-host", web.webHost];
    return roleProcess({
      name: `${role}${instance}`,
      program: `roles/${role}-main.ts`,
      url: `http://${host}:${port}`,
      flags: [...own, "--log-level", "warn", ...memory, ...domain, ...(options.flags ?? [])],
      env,
    });
  };
  const invokers = Array.from({ length: invokerCount }, (_, n) => make("invoker", n));
  const controllers = Array.from({ length: controllerCount }, (_, n) => make("controller", n));
  const roles = [...invokers, ...controllers];
  for (const each of roles) stack.defer(async () => void (await each.stop()));
  say(`starting ${roles.map(({ name }) => name).join(", ")}`);
  await Promise.all(roles.map((each) => each.start()));
  await Promise.all(controllers.map(({ url }) => allUp(url, invokerCount)));
  const everything = stack.move();
  return {
    url,
    nginx: front,
    guestKey: AUTH.exec(controllers[0]?.output() ?? "")?.[1] ?? "",
    controllers,
    invokers,
    kafka,
    couch,
    folder,
    env,
    stop: () => everything.disposeAsync(),
  };
}

/** Waits until a controller takes all invokers for well. */
export async function allUp(controllerUrl: string, invokers: number): Promise<void> {
  const deadline = Date.now() + UP_TIMEOUT_MS;
  for (let up = ""; up !== String(invokers); ) {
    if (Date.now() > deadline) throw new Error(`${controllerUrl} has ${up} invokers of ${invokers}`);
    up = await (await fetch(`${controllerUrl}/invokers/healthy/count`)).text();
    if (up !== String(invokers)) await sleep(POLL_MS);
  }
}

async function frontOf(
  host: string,
  count: number,
  web: { readonly webHost?: string },
  stack: AsyncDisposableStack,
): Promise<NginxTestServer> {
  const controllers = Array.from({ length: count }, (_, n) => `${host}:${FIRST_PORT.controller + n}`);
  const nginx: NginxTestServer = await startNginx(({ http, folder }) =>
    nginxConfig({ controllers, listen: { http }, folder, ...web }),
  );
  stack.defer(() => nginx.stop());
  return nginx;
}

function environment(
  couch: CouchTestServer,
  kafka: KafkaTestBroker,
  cluster: { readonly size: number; readonly url: string },
): Record<string, string> {
  const { hostname, port } = new URL(couch.url);
  return {
    OW_DB: "CouchDB",
    OW_DB_PROTOCOL: "http",
    OW_DB_HOST: hostname,
    OW_DB_PORT: port,
    OW_DB_USERNAME: COUCH_ACCOUNT.username,
    OW_DB_PASSWORD: COUCH_ACCOUNT.password,
    MERINGUE_KAFKA_HOSTS: kafka.address,
    MERINGUE_CLUSTER_SIZE: String(cluster.size),
    MERINGUE_PUBLIC_URL: cluster.url,
  };
}

function ownHost(): string {
  return `127.${randomInt(1, 64)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
}

/** Both, or, when one fails, none: the other is stopped. */
async function both<A extends Stoppable, B extends Stoppable>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([a, b]);
  if (first.status === "fulfilled" && second.status === "fulfilled") return [first.value, second.value];
  for (const each of [first, second]) if (each.status === "fulfilled") await each.value.stop();
  throw first.status === "rejected" ? first.reason : (second as PromiseRejectedResult).reason;
}

interface Stoppable {
  stop(): Promise<void>;
}
