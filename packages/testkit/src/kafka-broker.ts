import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { killProcess } from "./kill-process.ts";

const run = promisify(execFile);
const LIB = fileURLToPath(new URL("../kafka/lib", import.meta.url));
/** The storage of a broker that has never run, with the one account in it: made once, copied for each broker. */
const FORMATTED = join(LIB, "formatted");
const READY = /Kafka Server started/;
const START_TIMEOUT_MS = 120_000;
/** Outside of what systems give to outgoing connections, so that nobody has them by chance. */
const PORTS = { plain: 9092, controller: 9093, sasl: 9094, tls: 9095 } as const;

/** The one account of a {@link KafkaTestBroker}: SCRAM-SHA-512 and PLAIN. */
export const KAFKA_ACCOUNT = { username: "tester", password: "some-passw0rd" } as const;

/** A Kafka broker of the test's own, whose data is thrown away afterwards. It has no topics, and makes none by itself. */
export interface KafkaTestBroker {
  /** `ADDRESS:PORT`, at an address of the loopback that is its own; stays the same when it is started again. */
  readonly address: string;
  /** Where {@link KAFKA_ACCOUNT} is asked for, in the clear. */
  readonly saslAddress: string;
  /** Where it is asked for behind TLS; undefined unless the broker was given a certificate. */
  readonly tlsAddress: string | undefined;
  readonly pid: number | undefined;
  /** Ends the process without a chance to do anything; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same data and address, unless it runs. */
  start(): Promise<void>;
  /** Stops its clock: it takes connections and answers nothing, until it is continued. */
  freeze(): void;
  thaw(): void;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

export interface KafkaBrokerOptions {
  /** Private key and certificate for {@link KafkaTestBroker.tlsAddress}, both PEM. */
  readonly tls?: { readonly keyPem: string; readonly certificatePem: string };
  /** False: it is not started yet. */
  readonly started?: boolean;
  /** Address of the loopback: a random one without it. */
  readonly host?: string;
}

/** @returns undefined when {@link startKafkaBroker} can work here, else why not, in one sentence without a period. */
export function kafkaBrokerUnavailable(): string | undefined {
  if (!existsSync(LIB)) {
    return "Kafka's jars are not there: mvn -q -B -f packages/testkit/kafka dependency:copy-dependencies";
  }
  const folders = (process.env["PATH"] ?? "").split(":");
  if (!folders.some((folder) => existsSync(join(folder, "java")))) return "java is not installed";
  return undefined;
}

/** Starts one broker in KRaft mode on the loopback. It ends with this process. @throws Error with what it printed when it does not come up */
export async function startKafkaBroker(options: KafkaBrokerOptions = {}): Promise<KafkaTestBroker> {
  await formatOnce();
  const host = options.host ?? ownHost();
  const folder = await mkdtemp(join(tmpdir(), "meringue-kafka-"));
  await cp(FORMATTED, join(folder, "data"), { recursive: true });
  const settings = join(folder, "server.properties");
  await writeFile(
    settings,
    lines({ ...brokerSettings(host, join(folder, "data")), ...(await tlsSettings(folder, host, options)) }),
  );
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    await killProcess(running);
  }
  async function start(): Promise<void> {
    if (child !== undefined) return;
    child = spawn("setpriv", ["--pdeathsig", "KILL", "java", ...JVM, "kafka.Kafka", settings], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    await ready(child);
  }
  async function stop(): Promise<void> {
    await kill();
    await rm(folder, { recursive: true, force: true });
  }

  try {
    if (options.started !== false) await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address: `${host}:${PORTS.plain}`,
    saslAddress: `${host}:${PORTS.sasl}`,
    tlsAddress: options.tls === undefined ? undefined : `${host}:${PORTS.tls}`,
    get pid() {
      return child?.pid;
    },
    kill,
    start,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    stop,
  };
}

/** Small, and quick to start rather than quick to run. */
const JVM = [
  "-Xms64m",
  "-Xmx256m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Xshare:auto",
  "-cp",
  `${LIB}/*`,
  "-Dorg.slf4j.simpleLogger.logFile=System.out",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
  "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
];

type Settings = Readonly<Record<string, string | number | boolean>>;

function brokerSettings(host: string, data: string): Settings {
  const { username, password } = KAFKA_ACCOUNT;
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`;
  return {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@${host}:${PORTS.controller}`,
    "controller.listener.names": "CONTROLLER",
    listeners: listeners(host, false),
    "listener.security.protocol.map":
      "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": plain,
    "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config":
      "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    "listener.name.sasl_ssl.plain.sasl.jaas.config": plain,
    "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config":
      "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    "log.dirs": data,
    "auto.create.topics.enable": false,
    "offsets.topic.num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1_000,
    "broker.session.timeout.ms": 2_000,
    "broker.heartbeat.interval.ms": 500,
    "num.network.threads": 2,
    "num.io.threads": 2,
    "log.cleaner.enable": false,
  };
}

function listeners(host: string, withTls: boolean): string {
  const plain = `PLAINTEXT://${host}:${PORTS.plain},CONTROLLER://${host}:${PORTS.controller},SASL_PLAINTEXT://${host}:${PORTS.sasl}`;
  return withTls ? `${plain},SASL_SSL://${host}:${PORTS.tls}` : plain;
}

async function tlsSettings(folder: string, host: string, { tls }: KafkaBrokerOptions): Promise<Settings> {
  if (tls === undefined) return {};
  const store = join(folder, "keystore.pem");
  await writeFile(store, `${tls.keyPem}\n${tls.certificatePem}`);
  return {
    listeners: listeners(host, true),
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": store,
  };
}

function lines(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

/** Two that do it at the same time both succeed. */
async function formatOnce(): Promise<void> {
  if (existsSync(FORMATTED)) return;
  const folder = await mkdtemp(join(LIB, "format-"));
  try {
    const settings = join(folder, "server.properties");
    const data = join(folder, "data");
    await writeFile(settings, lines(brokerSettings("127.0.0.1", data)));
    const { username, password } = KAFKA_ACCOUNT;
    const scram = `SCRAM-SHA-512=[name=${username},password=${password}]`;
    const words = ["format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", settings, "--add-scram", scram];
    await run("java", [...JVM, "kafka.tools.StorageTool", ...words], { timeout: START_TIMEOUT_MS });
    await rename(data, FORMATTED).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(FORMATTED)) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ready(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) throw new Error("the broker was started without a pipe");
    createInterface({ input: stream }).on("line", (line) => {
      printed = `${printed}${line}\n`.slice(-8_000);
      if (READY.test(line)) resolve();
    });
  }
  const timer = setTimeout(() => reject(new Error(`the broker did not start in time:\n${printed}`)), START_TIMEOUT_MS);
  child.once("error", reject);
  child.once("exit", (code, signal) => reject(new Error(`the broker ended with ${code ?? signal}:\n${printed}`)));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * An address of the loopback for one broker. To take a free port and give it back, for the broker to bind it later, would be
 * a race with everything on the machine that connects or listens.
 */
function ownHost(): string {
  const part = (): number => randomInt(1, 255);
  return `127.${part()}.${part()}.${part()}`;
}
