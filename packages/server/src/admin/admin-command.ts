import type { AdminContext, AdminRun } from "./admin-context.ts";
import { limitsCommands } from "./limits-commands.ts";
import { type AdminRequest, parseCommand } from "./parse-command.ts";
import { userCommands } from "./user-commands.ts";

const runs: Readonly<Record<string, AdminRun>> = { ...userCommands, ...limitsCommands };

/**
 * Runs one command of `meringue admin`: wskadmin's words, options, lines and exit codes.
 *
 * @param argv the words after `admin`
 * @returns the exit code: 0 ok, 1 failure, 2 bad usage; of block and unblock the number of failures
 */
export function adminCommand(argv: readonly string[], context: AdminContext): Promise<number> {
  return runRequest(parseCommand(argv), context);
}

/** {@link adminCommand} for words that are understood already. */
export async function runRequest(request: AdminRequest, context: AdminContext): Promise<number> {
  if (request.kind === "command") {
    const run = runs[request.name];
    if (run === undefined) throw new Error(`The command ${request.name} is not built.`);
    return run(request, context);
  }
  const print = request.kind === "help" ? context.out : context.err;
  for (const line of request.text.split("\n")) print(line);
  return request.kind === "help" ? 0 : 2;
}
