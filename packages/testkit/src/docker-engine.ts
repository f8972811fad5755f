import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a Docker engine may take to come up, in milliseconds. */
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
const PROGRAM_FOLDERS = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];

/** A Docker engine of the test's own, whose data is thrown away afterwards. */
export interface DockerEngine {
  readonly socketPath: string;
  /** Of dockerd, to be stopped and continued. */
  readonly pid: number;
  /** Ends it, all its containers and all its files. */
  stop(): Promise<void>;
}

/** @returns undefined when {@link startDockerEngine} can work here, else why not, in one sentence without a period. */
export function dockerEngineUnavailable(): string | undefined {
  if (process.getuid?.() !== 0) return "a Docker engine takes root to start";
  return dockerd() === undefined ? "dockerd is not installed" : undefined;
}

/**
 * Starts a Docker engine on a socket and a data folder of its own. It leaves the machine's firewall and forwarding alone,
 * so its containers reach no other machine.
 * @throws Error with the end of its log when it does not come up
 */
export async function startDockerEngine(): Promise<DockerEngine> {
  const program = dockerd();
  if (program === undefined) throw new Error("dockerd is not installed");
  const folder = await mkdtemp(join(tmpdir(), "meringue-docker-"));
  const socketPath = join(folder, "docker.sock");
  const logPath = join(folder, "log");
  const log = openSync(logPath, "w");
  const child = spawn(program, [...arguments_(folder), "--host", `unix://${socketPath}`], {
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answering(socketPath, child);
  } catch (error) {
    const told = (await readFile(logPath, "utf8")).slice(-2_000);
    await stop();
    throw new Error(`dockerd did not start: ${told}`, { cause: error });
  }
  return { socketPath, pid: child.pid as number, stop };
}

function dockerd(): string | undefined {
  return PROGRAM_FOLDERS.map((folder) => join(folder, "dockerd")).find((path) => existsSync(path));
}

function arguments_(folder: string): string[] {
  const own = [
    "--data-root",
    join(folder, "data"),
    "--exec-root",
    join(folder, "exec"),
    "--pidfile",
    join(folder, "pid"),
  ];
  return [...own, "--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"];
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGCONT"); // a test may have stopped it
  child.kill("SIGTERM");
  await ended;
}

async function answering(socketPath: string, child: ChildProcess): Promise<void> {
  const spawned = Promise.withResolvers<never>();
  child.once("error", spawned.reject);
  child.once("exit", (code) => spawned.reject(new Error(`dockerd ended with ${code}`)));
  spawned.promise.catch(() => undefined); // after the start, nobody waits for it
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await Promise.race([answersAt(socketPath), spawned.promise]))) {
    if (Date.now() > deadline) throw new Error(`no answer within ${START_TIMEOUT_MS} ms`);
    await sleep(POLL_MS);
  }
}

function answersAt(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: "/_ping" }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once("error", () => resolve(false)); // it does not listen yet
    ping.end();
  });
}
