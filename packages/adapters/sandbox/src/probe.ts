import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { lastLine } from "./host-tools.ts";
import type { LogPipes } from "./log-pipes.ts";
import type { NetworkPlace, SandboxNetwork } from "./network.ts";
import { type SandboxJob, type SandboxTool, type SandboxUser, shellLine } from "./sandbox-command.ts";
import { parkShell } from "./sandbox-process.ts";

const BASH = "/usr/bin/bash";
const TIMEOUT_MS = 10_000;

/** Everything that a trial needs. */
export interface Trial {
  /** Path of a shell. */
  readonly sh: string;
  readonly tool: SandboxTool;
  readonly network: SandboxNetwork | undefined;
  readonly user: SandboxUser | undefined;
  readonly pipes: LogPipes;
}

/**
 * Starts a sandbox exactly as a container would be, with a program that ends at once; in a network of its own the
 * program connects to the API, if there is a shell that can.
 * @returns why the API could not be reached, undefined when it was or was not asked for
 * @throws Error with the program's complaint when not even one that does nothing ends well
 */
export async function tryProgram(trial: Trial): Promise<string | undefined> {
  const place = await trial.network?.take();
  try {
    const connecting = place?.apiHost === undefined ? undefined : connectTo(place.apiHost);
    const complaint = connecting === undefined ? undefined : await run(trial, place, connecting);
    if (connecting !== undefined && complaint === undefined) return undefined;
    const failure = await run(trial, place, ["/usr/bin/true"]);
    if (failure !== undefined) throw new Error(failure);
    return complaint;
  } finally {
    await place?.release();
  }
}

function connectTo(apiHost: string): string[] | undefined {
  const { hostname, port } = new URL(apiHost);
  return existsSync(BASH) ? [BASH, "-c", `exec 3<>/dev/tcp/${hostname}/${port}`] : undefined;
}

/** @returns the program's complaint, undefined when it ended well */
async function run(
  { sh, tool, user, pipes }: Trial,
  place: NetworkPlace | undefined,
  argv: readonly string[],
): Promise<string | undefined> {
  const job: SandboxJob = {
    launcher: { argv, binds: [], env: {}, whenGone: "connection-lost" },
    env: { PATH: "/usr/bin:/bin" },
    user,
    resourceLimits: undefined,
  };
  const command = tool.command(job);
  try {
    const sandbox = await parkShell({ sh, enter: place?.enter ?? [], pipes, tool });
    sandbox.become(shellLine(command, job), command.onFour);
    const complaint = textOf(sandbox.stderr);
    for (const stream of [sandbox.stdout, sandbox.output]) stream.resume();
    const deadline = setTimeout(() => sandbox.kill(), TIMEOUT_MS);
    const { code } = await sandbox.ended;
    clearTimeout(deadline);
    sandbox.input.destroy();
    return code === 0 ? undefined : lastLine(await complaint) || `a trial ended with ${code ?? "a signal"}`;
  } finally {
    command.cleanUp?.();
  }
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk as string;
  return text;
}
