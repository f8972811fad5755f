import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** Characters of a failed program's output that its error repeats. */
const OUTPUT_LIMIT = 4_000;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. @throws Error with the end of what it printed, when it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const env = { ...process.env, ...options.env };
  const child = spawn(command, args, { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    });
  }
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${signal ?? code}:\n${output}`);
}

/** Packs a folder, owned by root, while it is read. Destroyed with an error when packing fails. */
export function tarOf(folder: string): Readable {
  const args = ["--numeric-owner", "--owner=0", "--group=0", "-C", folder, "-c", "."];
  const child = spawn("tar", args, { stdio: ["ignore", "pipe", "inherit"] });
  child.once("error", (error) => child.stdout.destroy(error));
  child.once("close", (code) => {
    if (code !== 0) child.stdout.destroy(new Error(`packing ${folder} ended with ${code}`));
  });
  return child.stdout;
}
