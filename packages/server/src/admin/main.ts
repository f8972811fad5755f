/** `meringue admin [--data-dir D] user|limits …`: the operators' commands. */
import { SecretFileUnusable, StoreUnusable, VaultMismatch } from "@meringue/sqlite";
import { BadConfig } from "../config/read-config.ts";
import { explain, runCommand } from "./admin-command.ts";
import { openSubjects } from "./data-folder.ts";
import { type AdminRequest, parseCommand } from "./parse-command.ts";

const out = (line: string): void => console.log(line);
const err = (line: string): void => console.error(line);

/** Words that need no accounts are answered without touching a data folder. */
async function run(request: AdminRequest): Promise<number> {
  if (request.kind !== "command") return explain(request, { out, err });
  const { dataDir, verbose } = request.globals;
  await using opened = await openSubjects(typeof dataDir === "string" ? dataDir : undefined, process.env);
  if (verbose === true) err(`data folder: ${opened.dataDir}`);
  return await runCommand(request, { store: opened.subjects, out, err });
}

/** What the operator can mend is told in a sentence; anything else is a bug and shows its stack. */
function isOperatorsMatter(error: unknown): error is Error {
  return [BadConfig, SecretFileUnusable, StoreUnusable, VaultMismatch].some((kind) => error instanceof kind);
}

try {
  process.exitCode = await run(parseCommand(process.argv.slice(2)));
} catch (error) {
  if (!isOperatorsMatter(error)) throw error;
  err(error.message);
  process.exitCode = error instanceof BadConfig ? 2 : 1;
}
