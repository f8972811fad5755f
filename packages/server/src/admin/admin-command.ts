import type { AdminContext, AdminRun } from "./admin-context.ts";
import { limitsCommands } from "./limits-commands.ts";
import { type AdminRequest, parseCommand } from "./parse-command.ts";
import { userCommands } from "./user-commands.ts";

const runs: Readonly<Record<string, AdminRun>> = { ...userCommands, ...limitsCommands };

/** A command that was understood. */
export type KnownCommand = Extract<AdminRequest, { readonly kind: "command" }>;

/**
 * Runs one command of `meringue admin`: wskadmin's words, options, lines and exit codes.
 *
 * @param argv the words after `admin`
 * @returns the exit code: 0 ok, 1 failure, 2 bad usage; of block and unblock the number of failures
 */
export async function adminCommand(argv: readonly string[], context: AdminContext): Promise<number> {
  const request = parseCommand(argv);
  return request.kind === "command" ? runCommand(request, context) : explain(request, context);
}

/** {@link adminCommand} for words that are understood already. */
export function runCommand(command: KnownCommand, context: AdminContext): Promise<number> {
  const run = runs[command.name];
  if (run === undefined) throw new Error(`The command ${command.name} is not built.`);
  return run(command, context);
}

/** Prints the help that was asked for, or why the words were not understood. @returns the exit code */
export function explain(
  request: Exclude<AdminRequest, KnownCommand>,
  print: Pick<AdminContext, "out" | "err">,
): number {
  const line = request.kind === "help" ? print.out : print.err;
  for (const text of request.text.split("\n")) line(text);
  return request.kind === "help" ? 0 : 2;
}
