/** `meringue admin [--data-dir D] user|limits|invoker …`: the operators' commands. */
import { BadConfig } from "../config/read-config.ts";
import { explain, runCommand } from "./admin-command.ts";
import { openSubjects } from "./data-folder.ts";
import { invokerCommands } from "./invoker-commands.ts";
import { openInvokerOperations } from "./invoker-operations.ts";
import { mendableBy } from "./mendable.ts";
import { type AdminRequest, parseCommand } from "./parse-command.ts";

const out = (line: string): void => console.log(line);
const err = (line: string): void => console.error(line);

/** Words that need no accounts are answered without touching a data folder. */
async function run(request: AdminRequest): Promise<number> {
  if (request.kind !== "command") return explain(request, { out, err });
  const invokerRun = invokerCommands[request.name];
  if (invokerRun !== undefined) {
    const { url } = request.options;
    await using operations = await openInvokerOperations(typeof url === "string" ? url : undefined, process.env);
    return await invokerRun(request, { operations, out, err });
  }
  const { dataDir, verbose } = request.globals;
  await using opened = await openSubjects(typeof dataDir === "string" ? dataDir : undefined, process.env);
  if (verbose === true) err(opened.place);
  return await runCommand(request, { store: opened.subjects, out, err });
}

try {
  process.exitCode = await run(parseCommand(process.argv.slice(2)));
} catch (error) {
  const sentence = mendableBy(error);
  if (sentence === undefined) throw error;
  err(sentence);
  process.exitCode = error instanceof BadConfig ? 2 : 1;
}
