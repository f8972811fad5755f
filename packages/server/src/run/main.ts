/** `meringue run FILE …`: one action, once, without a server. */
import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { type Activation, type BuildCache, encodeActivation, systemClock, WhiskError } from "@meringue/core";
import { folderBuildCache } from "../build-cache.ts";
import type { Config } from "../config/config.ts";
import { BadConfig, readConfig } from "../config/read-config.ts";
import { systemLimits } from "../config/system-limits.ts";
import { NoContainers } from "../container-runtimes.ts";
import { closeInheritedDescriptors } from "../descriptors.ts";
import { makeDataDir } from "../make-data-dir.ts";
import { readManifest, UnusableManifest } from "../manifest-file.ts";
import { onParentGone } from "../parent-watch.ts";
import { actionOfFile } from "./action-of-file.ts";
import { apiRelay } from "./api-relay.ts";
import { choosePlace } from "./choose-place.ts";
import { BadRun, gatherParameters, readStdin, stdinIsGiven } from "./gather-parameters.ts";
import { type OwnerSlot, ownerSlot } from "./owner-slot.ts";
import { parseRunCommand, type RunWords } from "./parse-run-command.ts";
import { runOnce } from "./run-once.ts";
import { EXIT, RUN_USAGE } from "./usage.ts";

/** What a line of a log begins with in a record: a time and a stream. */
const STAMP = /^\S+ (?:stdout|stderr): /;

/** What runs keep of builds, for each name. */
const MOST_BUILDS_BYTES = 256 * 1024 * 1024;

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const err = (line: string): void => void process.stderr.write(`${line}\n`);
const say = (line: string): void => err(`meringue run: ${line}`);

/** @returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const request = parseRunCommand(argv);
  switch (request.kind) {
    case "help":
      for (const line of RUN_USAGE) out(line);
      return 0;
    case "usage":
      say(request.problem);
      say("--help tells more");
      return EXIT.usage;
    case "run":
      return await run(request, readConfig(request.flags, process.env));
  }
}

async function run(words: RunWords, given: Config): Promise<number> {
  const config: Config = { ...given, host: "127.0.0.1" }; // nothing listens but for containers
  const manifest = await readManifest(config.manifestFile);
  const limits = systemLimits(config);
  const action = await actionOfFile(words, await codeOf(words.file), manifest, limits, systemClock.now());
  const target = targetOf(words.apiHost);
  const input = words.file !== "-" && stdinIsGiven() ? String(await readStdin(say)) : undefined;
  const payload = await gatherParameters(input, words.parameters);
  closeInheritedDescriptors();
  const { stop, code } = stopOnSignals();
  await using stack = new AsyncDisposableStack();
  const slot = await ownerSlot();
  stack.defer(slot.release);
  await makeDataDir(config.dataDir);
  const chosen = await choosePlace(action.action.exec, manifest, config, slot.ownerId, apiRelay(target));
  for (const runtime of chosen.runtimes) {
    stack.defer(() => runtime.close());
    await runtime.removeLeftovers();
    tellIsolation(runtime, words.verbose);
  }
  const printed = (line: string): void => err(words.verbose ? line : line.replace(STAMP, ""));
  const builds = await buildsOf(slot, config);
  const surroundings = {
    config,
    manifest,
    limits,
    chosen,
    builds,
    authKey: words.auth ?? "",
    printed,
    warn: say,
    stop,
  };
  const record = await runOnce({ ...surroundings, action, payload });
  return record === undefined ? code() : tell(record, words);
}

async function codeOf(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  if (file === "-") return await readStdin(say);
  try {
    return await readFile(file);
  } catch (cause) {
    throw new BadRun(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** A folder for each name that runs may have at a time: two must not share one, nor one of them with a server. */
async function buildsOf({ ownerId, isStable }: OwnerSlot, config: Config): Promise<BuildCache | undefined> {
  if (!isStable || config.buildCacheMb === 0) return undefined;
  const folder = join(config.dataDir, "cache/run-builds", ownerId);
  return await folderBuildCache({ folder, maxBytes: MOST_BUILDS_BYTES });
}

function targetOf(apiHost: string | undefined): URL | undefined {
  if (apiHost === undefined) return undefined;
  const url = URL.parse(apiHost.includes("://") ? apiHost : `https://${apiHost}`);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new BadRun(`--apihost ${apiHost} is no address of a server`);
  return url;
}

function tellIsolation(
  { name, isolation }: { name: string; isolation: { level: string; lines: readonly string[] } },
  all: boolean,
): void {
  if (all) for (const line of isolation.lines) say(`${name}: ${line}`);
  else if (isolation.level === "none")
    say("there is no sandbox here: the action is a plain process, with all rights of yours");
}

function tell(record: Activation, { wholeRecord, verbose }: RunWords): number {
  const { response, annotations, start, end } = record;
  if (wholeRecord) out(JSON.stringify(encodeActivation(record), undefined, 4));
  else if (response.result !== undefined) out(JSON.stringify(response.result, undefined, 4));
  if (verbose) {
    const init = annotations.find(({ key }) => key === "initTime")?.value;
    say(`${init === undefined ? "" : `init ${init} ms, `}in all ${end - start} ms`);
  }
  return response.statusCode;
}

/** The first signal ends the action and cleans up; a second one does not wait. */
function stopOnSignals(): { readonly stop: AbortSignal; readonly code: () => number } {
  const controller = new AbortController();
  let code = EXIT.internal as number;
  const stopWith = (signal: "SIGINT" | "SIGTERM" | "SIGHUP"): void => {
    if (controller.signal.aborted) process.exit(code); // containers end with their parent
    code = EXIT.signalled + constants.signals[signal];
    controller.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stopWith);
  onParentGone(() => stopWith("SIGTERM"));
  return { stop: controller.signal, code: () => code };
}

/** What whoever typed the words can mend. */
function exitCodeFor(error: unknown): number | undefined {
  if (error instanceof NoContainers) return EXIT.internal;
  const known = [BadRun, BadConfig, UnusableManifest, WhiskError].some((kind) => error instanceof kind);
  return known ? EXIT.usage : undefined;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const code = exitCodeFor(error);
  if (code === undefined) throw error;
  for (const line of (error as Error).message.split("\n")) say(line);
  process.exitCode = code;
}
