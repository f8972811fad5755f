import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { LoadGenerator, LoadResult, LoadSpec } from "./load.ts";

const CLIENT = fileURLToPath(new URL("load-client.ts", import.meta.url));

/** Our own load generator, for machines without wrk, and where a rate is to be held. */
export function ownLoad(): LoadGenerator {
  return { name: `own client on Node ${process.version}`, run: (spec) => runOwnClient(spec) };
}

/** Runs the load client in a process of its own. */
export async function runOwnClient(spec: LoadSpec): Promise<LoadResult> {
  const command = [process.execPath, "--disable-warning=ExperimentalWarning", CLIENT];
  const [file = "", ...args] = spec.cpu === undefined ? command : ["taskset", "-c", `${spec.cpu}`, ...command];
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"] });
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  child.stdin.end(JSON.stringify(spec));
  const output = await Promise.race([text(child.stdout), failed]);
  return JSON.parse(output) as LoadResult;
}
