import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { killProcess } from "./kill-process.ts";

const PROGRAM = fileURLToPath(new URL("../consul/consul", import.meta.url));
const READY = /New leader elected|cluster leadership acquired/;
const START_TIMEOUT_MS = 30_000;
const PORT = 8500;

/** A Consul agent of the test's own that is a server, too. It keeps all in memory: who kills it makes it forget. */
export interface ConsulTestServer {
  /** `http://ADDRESS:8500`, at an address of the loopback that is its own; stays the same when it is started again. */
  readonly url: string;
  /** What may do everything, where the server asks for tokens. */
  readonly token: string | undefined;
  kill(): Promise<void>;
  /** Starts it again, empty, unless it runs. */
  start(): Promise<void>;
  /** Stops its clock: it takes connections and answers nothing, until it is continued. */
  freeze(): void;
  thaw(): void;
  /** Ends it and deletes its files. */
  stop(): Promise<void>;
}

export interface ConsulServerOptions {
  /** Whoever has no token may do nothing. */
  readonly token?: string;
}

/** @returns undefined when {@link startConsul} can work here, else why not, in one sentence without a period. */
export function consulUnavailable(): string | undefined {
  return existsSync(PROGRAM) ? undefined : "Consul is not there: packages/testkit/consul/bring.sh";
}

/** Starts an agent on the loopback. It ends with this process. @throws Error with what it printed when it does not come up */
export async function startConsul({ token }: ConsulServerOptions = {}): Promise<ConsulTestServer> {
  const host = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
  const folder = await mkdtemp(join(tmpdir(), "meringue-consul-"));
  const settings = join(folder, "consul.json");
  const acl = { enabled: true, default_policy: "deny", tokens: { master: token, agent: token } };
  await writeFile(
    settings,
    JSON.stringify({
      disable_update_check: true,
      log_level: "INFO",
      ports: { dns: -1, grpc: -1 },
      ...(token === undefined ? {} : { acl }),
    }),
  );
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    await killProcess(running);
  }
  async function start(): Promise<void> {
    if (child !== undefined) return;
    const flags = ["agent", "-dev", "-bind", host, "-client", host, "-config-file", settings];
    child = spawn("setpriv", ["--pdeathsig", "KILL", PROGRAM, ...flags], {
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
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `http://${host}:${PORT}`,
    token,
    kill,
    start,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    stop,
  };
}

async function ready(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = "";
  const failed = (why: string) => reject(new Error(`Consul did not start: ${why}:\n${printed.slice(-4_000)}`));
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) throw new Error("Consul was started without a pipe");
    createInterface({ input: stream }).on("line", (line) => {
      printed += `${line}\n`;
      if (READY.test(line)) resolve();
    });
  }
  const timer = setTimeout(() => failed("it took too long"), START_TIMEOUT_MS);
  child.once("error", (error) => failed(error.message));
  child.once("exit", (code) => failed(`it ended with ${code}`));
  await promise.finally(() => clearTimeout(timer));
}
