import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { neighbourNetwork, neighbourNetworkUnavailable } from "./neighbour-network.ts";

/** A real Redis on a neighbouring network, where containers reach it and its data is thrown away afterwards. */
export interface RedisServer {
  /** `redis://ADDRESS:PORT`, the same from this host and from containers. */
  readonly uri: string;
  /** @returns how many keys it holds. */
  keyCount(): Promise<number>;
  /** Ends it, and its network. */
  [Symbol.asyncDispose](): Promise<void>;
}

const PORT = 6379;
const READY = /Ready to accept connections/;
const FOLDERS = [...(process.env["PATH"] ?? "").split(":"), "/usr/bin", "/usr/sbin"];

/** @returns undefined when {@link startRedis} can work here, else why not, in one sentence without a period. */
export function redisUnavailable(): string | undefined {
  if (redisProgram() === undefined) return "redis-server is not installed";
  return neighbourNetworkUnavailable();
}

/** @throws Error with what it printed when it does not come up */
export async function startRedis(): Promise<RedisServer> {
  const program = redisProgram();
  if (program === undefined) throw new Error("redis-server is not installed");
  const network = await neighbourNetwork();
  const folder = await mkdtemp(join(tmpdir(), "meringue-redis-"));
  const settings = ["--bind", network.address, "--port", String(PORT), "--dir", folder];
  const [first = "", ...rest] = [...network.command, program, ...settings, ...UNSAVED];
  const child = spawn(first, rest, { stdio: ["ignore", "pipe", "inherit"] });
  const dispose = async (): Promise<void> => {
    await end(child);
    await network.remove();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    uri: `redis://${network.address}:${PORT}`,
    keyCount: () => keyCount(network.address),
    [Symbol.asyncDispose]: dispose,
  };
}

/** It keeps nothing, and answers whoever can reach it. */
const UNSAVED = ["--save", "", "--appendonly", "no", "--protected-mode", "no"];

function redisProgram(): string | undefined {
  return FOLDERS.map((folder) => join(folder, "redis-server")).find((path) => existsSync(path));
}

async function ready(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = "";
  if (child.stdout === null) throw new Error("redis-server was started without a pipe");
  createInterface({ input: child.stdout }).on("line", (line) => {
    printed += `${line}\n`;
    if (READY.test(line)) resolve();
  });
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}:\n${printed}`)));
  await promise;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

async function keyCount(host: string): Promise<number> {
  const socket = connect({ host, port: PORT });
  socket.end("DBSIZE\r\nQUIT\r\n");
  const answer = Buffer.concat((await socket.toArray()) as Buffer[]).toString();
  return Number(/^:(\d+)\r\n/.exec(answer)?.[1]);
}
