import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { end } from "./program.ts";

const PORT_GIVER = fileURLToPath(new URL("upstream-port.cjs", import.meta.url));

/** OpenWhisk's nodejs runtime, from its own source, as a process. */
export interface UpstreamProcess {
  readonly child: ChildProcess;
  readonly port: number;
  end(): Promise<void>;
}

/** @returns why a checkout of the runtime cannot be used, in a sentence without a period. */
export function upstreamUnusable(checkout: string): string | undefined {
  const folder = join(checkout, "core/nodejsActionBase");
  if (!existsSync(join(folder, "app.js"))) return `${folder} has no app.js`;
  return existsSync(join(folder, "node_modules")) ? undefined : `${folder} has no node_modules: run npm install there`;
}

/** Starts it. What it prints has to be read, or it stops when the pipes are full. */
export async function startUpstream(
  checkout: string,
  options: { readonly cpu: number; readonly env?: Readonly<Record<string, string>> },
): Promise<UpstreamProcess> {
  const command = [process.execPath, "--require", PORT_GIVER, "app.js"];
  const child = spawn("taskset", ["-c", String(options.cpu), ...command], {
    cwd: join(checkout, "core/nodejsActionBase"),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...options.env },
  });
  const told = child.stdio[3] as NodeJS.ReadableStream;
  const [line] = await Promise.race([
    once(createInterface({ input: told }), "line"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the runtime ended with ${code}`))),
  ]);
  return { child, port: Number(line), end: () => end(child) };
}
