import { type ConfigFile, NO_FILE, readConfigFile } from "./config-file.ts";
import { longFlag, type SettingName, settingNames, settingOf } from "./schema.ts";
import { fromUpstream, UPSTREAM_COMPLAINTS } from "./upstream-value.ts";
import { plainVariables, UPSTREAM_NAMES } from "./variables.ts";

/** A setting as it was given. */
export interface Given {
  readonly text: string;
  /** `--port`, `MERINGUE_PORT`, `CONFIG_whisk_…`, `FILE:LINE`. */
  readonly from: string;
}

/** Everything that was given, wherever. The problems are a sentence each. */
export interface Sources {
  readonly given: ReadonlyMap<SettingName, Given>;
  /** The environment, with what the file and upstream's names add to it. */
  readonly env: NodeJS.ProcessEnv;
  /** Where each of {@link plainVariables} that is set was: its own name, upstream's or `FILE:LINE`. */
  readonly variables: ReadonlyMap<string, Given>;
  readonly problems: readonly string[];
}

/**
 * Puts together what flags, variables and the file say: a flag wins over a variable, ours over upstream's, and a variable
 * over the file.
 */
export function gather(flags: Readonly<Partial<Record<SettingName, string>>>, env: NodeJS.ProcessEnv): Sources {
  const path = flags.configFile || env[settingOf("configFile").env];
  const file = path ? readConfigFile(path, fileKeys) : NO_FILE;
  const problems = [...file.problems];
  const given = new Map<SettingName, Given>();
  for (const name of settingNames) {
    const value = flagOf(flags, name) ?? variableOf(env, name, problems) ?? fileValueOf(file, name, problems);
    if (value === undefined) continue;
    if (value.text === "") problems.push(`${value.from}: must not be empty`);
    else given.set(name, value);
  }
  const variables = new Map<string, Given>();
  for (const variable of plainVariables) {
    const text = env[variable] ?? "";
    const found = text === "" ? file.values.get(variable) : { text, from: variable };
    if (found !== undefined) variables.set(variable, found);
  }
  return { given, env: mergedEnv(env, variables), variables, problems };
}

/** What a file may have: flags without their dashes, and the variables that have no flag. */
export const fileKeys: readonly string[] = [
  ...settingNames.filter((name) => name !== "configFile").map((name) => longFlag(name).slice(2)),
  ...plainVariables,
];

function flagOf(flags: Readonly<Partial<Record<SettingName, string>>>, name: SettingName): Given | undefined {
  const text = flags[name];
  return text === undefined ? undefined : { text, from: longFlag(name) };
}

/** An empty variable is how shells and unit files say "not set"; an empty flag is a mistake. */
function variableOf(env: NodeJS.ProcessEnv, name: SettingName, problems: string[]): Given | undefined {
  const { env: variable, upstream } = settingOf(name);
  const own = env[variable] ?? "";
  if (own !== "") return { text: own, from: variable };
  const theirs = upstream === undefined ? "" : (env[upstream.env] ?? "");
  return theirs === "" ? undefined : translated(name, { text: theirs, from: upstream?.env ?? "" }, problems);
}

function fileValueOf({ values }: ConfigFile, name: SettingName, problems: string[]): Given | undefined {
  const own = values.get(longFlag(name).slice(2));
  if (own !== undefined) return own;
  const { upstream } = settingOf(name);
  const theirs = upstream === undefined ? undefined : values.get(upstream.env);
  return theirs && translated(name, theirs, problems);
}

function translated(name: SettingName, { text, from }: Given, problems: string[]): Given | undefined {
  const read = settingOf(name).upstream?.read;
  const ours = fromUpstream(text, read);
  if (ours !== undefined) return { text: ours, from };
  problems.push(`${from}: ${UPSTREAM_COMPLAINTS[read ?? "switch"]}, not "${text}"`);
  return undefined;
}

/** Our own names win over upstream's for the same. */
function mergedEnv(env: NodeJS.ProcessEnv, variables: ReadonlyMap<string, Given>): NodeJS.ProcessEnv {
  const merged: NodeJS.ProcessEnv = { ...env };
  for (const [variable, { text }] of variables) merged[variable] = text;
  for (const [theirs, ours] of Object.entries(UPSTREAM_NAMES)) {
    const value = variables.get(theirs)?.text;
    if (value !== undefined) merged[ours] ||= value;
  }
  return merged;
}
