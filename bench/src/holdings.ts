import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { descendants, memoryMb, settled } from "./proc.ts";
import type { Held } from "./resource-probe.ts";

/** All that a server holds, inside and in the eyes of the system. */
export interface Holdings extends Held {
  readonly residentMb: number;
  readonly openSockets: number;
  readonly openFiles: number;
  readonly threads: number;
  /** Containers, and whatever else it started. */
  readonly processes: number;
}

const POLL_MS = 20;
const TIMEOUT_MS = 30_000;

/** Takes stock of a server that was started with resource-probe.ts. */
export async function takeStock(pid: number, probeFile: string): Promise<Holdings> {
  await settled(pid);
  await rm(probeFile, { force: true });
  process.kill(pid, "SIGUSR2");
  const held = await readWhenThere(probeFile);
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all(
    (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => "")), // closed meanwhile
  );
  const openSockets = targets.filter((target) => target.startsWith("socket:")).length;
  const openFiles = targets.filter((target) => target !== "").length - openSockets;
  const threads = (await readdir(`/proc/${pid}/task`)).length;
  const processes = (await descendants(pid)).length;
  return { ...held, residentMb: await memoryMb(pid), openSockets, openFiles, threads, processes };
}

async function readWhenThere(file: string): Promise<Held> {
  for (const giveUpAt = performance.now() + TIMEOUT_MS; performance.now() < giveUpAt; await pause(POLL_MS)) {
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text !== undefined) return JSON.parse(text) as Held;
  }
  throw new Error("the server does not tell what it holds");
}
