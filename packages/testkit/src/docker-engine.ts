import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
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
    if (isRunning(child)) {
      child.kill("SIGCONT"); // a test may have stopped it
      await removeAll(socketPath);
      await end(child);
    }
    await unmountBelow(folder);
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

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** Bridges outlive the engine that made them, unless their networks are removed before. */
async function removeAll(socketPath: string): Promise<void> {
  const containers = JSON.parse(await ask(socketPath, "GET", "/containers/json?all=true")) as { Id: string }[];
  for (const { Id } of containers) await ask(socketPath, "DELETE", `/containers/${Id}?force=true`);
  await ask(socketPath, "POST", "/networks/prune");
}

/** Containers on the host's network leave a mount in the engine's folder. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
  for (const place of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await once(spawn("umount", [place], { stdio: "inherit" }), "exit");
  }
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

async function answersAt(socketPath: string): Promise<boolean> {
  try {
    return (await ask(socketPath, "GET", "/_ping")) === "OK";
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ECONNREFUSED", "ECONNRESET"].includes(code)) throw error;
    return false; // it does not listen yet
  }
}

/** @returns the text of the answer, whatever its status. */
async function ask(socketPath: string, method: string, path: string): Promise<string> {
  const call = request({ socketPath, method, path, agent: false });
  call.end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  return Buffer.concat((await response.toArray()) as Buffer[]).toString();
}
