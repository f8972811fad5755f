import { Command, CommanderError } from "commander";
import { clusterProblems } from "./cluster-settings.ts";
import { type Config, completeConfig } from "./config.ts";
import { readCouchSettings, storeOf } from "./couch-settings.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { nearest } from "./nearest.ts";
import { readParameterKeys } from "./parameter-keys.ts";
import { type GivenConfig, longFlag, readSettings, type SettingName, settingNames, settingOf } from "./schema.ts";
import { gather, type Sources } from "./sources.ts";
import { readUpstreamLimits } from "./upstream-limits.ts";

/** What the command line asks for: a server, or just a text on the standard output. */
export type CommandLine =
  | { readonly kind: "config"; readonly config: Config }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

/** The settings cannot be used: each of `problems` is a sentence about one of them. */
export class BadConfig extends Error {
  override readonly name = "BadConfig";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/**
 * Reads the settings. The only reader of the environment.
 *
 * @param argv the words after the role
 * @throws BadConfig naming every bad setting at once
 */
export function readConfig(argv: readonly string[], env: NodeJS.ProcessEnv, machine: Machine = thisMachine()): Config {
  return readWithSources(argv, env, machine).config;
}

/** The settings, and where each of them came from. */
export interface SourcedConfig {
  readonly config: Config;
  readonly sources: Sources;
}

/** {@link readConfig}, with where everything was given. @throws BadConfig naming every bad setting at once */
export function readWithSources(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  machine: Machine = thisMachine(),
): SourcedConfig {
  const flags = readFlags(argv);
  const sources = gather(flags.values, environment);
  const { env, given } = sources;
  const values = Object.fromEntries([...given].map(([name, { text }]) => [name, text]));
  const { given: read, bad } = readSettings(values);
  const problems = [...flags.problems, ...sources.problems];
  for (const { name, complaint } of bad) problems.push(`${given.get(name)?.from}: ${complaint}, not "${values[name]}"`);
  const { keys, problems: keyProblems } = readParameterKeys(env, read.parameterEncryption);
  const limits = readUpstreamLimits(env);
  problems.push(...keyProblems, ...limits.problems);
  if (bad.length === 0) problems.push(...storeProblems(read, env), ...clusterProblems(read, env));
  if (problems.length > 0) throw new BadConfig(problems);
  return {
    config: completeConfig({ given: read, parameterKeys: keys, changeLimits: limits.change }, env, machine),
    sources,
  };
}

/** What is wrong about CouchDB's settings; nothing is when they do not count. */
function storeProblems(given: GivenConfig, env: NodeJS.ProcessEnv): readonly string[] {
  const { store, problem } = given.store === undefined ? storeOf(env) : { store: given.store };
  if (problem !== undefined) return [problem];
  return store === "couchdb" ? readCouchSettings(given, env).problems : [];
}

/**
 * {@link readConfig}, with `--help` and `--version`, which win over everything else.
 * @throws BadConfig naming every bad setting at once
 */
export function readCommandLine(argv: readonly string[], env: NodeJS.ProcessEnv, machine?: Machine): CommandLine {
  if (argv.includes("--help") || argv.includes("-h")) return { kind: "help" };
  if (argv.includes("--version") || argv.includes("-V")) return { kind: "version" };
  return { kind: "config", config: readConfig(argv, env, machine) };
}

/** Takes the flags apart, going on after a mistake so that all are found. */
function readFlags(argv: readonly string[]): { values: Partial<Record<SettingName, string>>; problems: string[] } {
  const values: Partial<Record<SettingName, string>> = {};
  const problems: string[] = [];
  const command = new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments();
  for (const name of settingNames) {
    command.option(settingOf(name).flags);
    command.on(`option:${longFlag(name).slice(2)}`, (value: string) => {
      values[name] = value;
    });
  }
  try {
    command.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    problems.push(error.message.replace(/^error: /, ""));
  }
  problems.push(...command.args.map(explainStranger));
  return { values, problems };
}

function explainStranger(word: string): string {
  const flag = word.replace(/=.*/s, "");
  if (!flag.startsWith("-")) return `"${word}": this role takes no further words`;
  const meant = nearest(flag, [...settingNames.map(longFlag), "--help", "--version"]);
  return `${flag}: there is no such option${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}
