import { CLUSTER_SETTINGS } from "./cluster-schema.ts";
import { couchVariables } from "./couch-settings.ts";
import { keyVariables } from "./parameter-keys.ts";
import { fixedDefaultOf, longFlag, type SettingName, settingNames, settingOf } from "./schema.ts";
import { limitVariables } from "./upstream-limits.ts";
import { accountVariables, UPSTREAM_NAMES } from "./variables.ts";

const FLAGS_WIDTH = 34;

const ofClusters = settingNames.filter((name) => name in CLUSTER_SETTINGS);
const ofAllRoles = settingNames.filter((name) => !(name in CLUSTER_SETTINGS));

/** What `--help` prints: every flag with its variable, unit and default. */
export function helpText(): string {
  return [
    "Usage: npm start -- [options]          (or: meringue [standalone] [options])",
    "",
    "Starts Meringue: everything in one process, with no other service needed.",
    "Other roles: meringue controller and meringue invoker (the parts of a cluster), meringue admin (accounts and limits),",
    "meringue db (databases), meringue config (the settings in force), meringue run (one action, without a server),",
    "meringue runtimes (which kinds run here), meringue nginx (its configuration).",
    "",
    "Options, with the variable that says the same and the default:",
    ...ofAllRoles.flatMap(describe),
    ...pair("-h, --help", "print this"),
    ...pair("-V, --version", "print the version"),
    "",
    "Options of the roles controller and invoker:",
    ...ofClusters.flatMap(describe),
    "",
    "Variables without a flag, because flags can be seen by other users:",
    ...[...keyVariables, ...accountVariables].flatMap(({ env, about }) => pair(env, about.replaceAll("`", ""))),
    "",
    "Variables for CouchDB, named as OpenWhisk's deployments name them:",
    ...couchVariables.flatMap(({ env, about }) => pair(env, about.replaceAll("`", ""))),
    "",
    "A flag wins over its variable, a variable over the file. `meringue config check` prints what is in force.",
    "",
  ].join("\n");
}

function describe(name: SettingName): string[] {
  const { flags, env, about, unit, computedDefault } = settingOf(name);
  const fixed = fixedDefaultOf(name);
  const value = fixed === undefined ? (computedDefault ?? "none") : [fixed, unit].filter(Boolean).join(" ");
  return pair(flags, `${about} [${env}; ${value}]`.replaceAll("`", ""));
}

function pair(left: string, right: string): string[] {
  const padded = `  ${left}`.padEnd(FLAGS_WIDTH);
  return padded.length >= FLAGS_WIDTH && !padded.endsWith(" ")
    ? [`  ${left}`, " ".repeat(FLAGS_WIDTH) + right]
    : [padded + right];
}

/** docs/configuration.md. */
export function configurationPage(): string {
  return [
    "# Configuration",
    "",
    "<!-- Made by scripts/configuration-doc.ts from packages/server/src/config/schema.ts: change that, not this. -->",
    "",
    "Every setting is a flag (`npm start -- --port 4000`), a variable (`MERINGUE_PORT=4000`) and a line of a file. A flag wins over",
    "a variable, and a variable over the file; an empty variable counts as not set. A bad value, or a flag or key that does not",
    "exist, stops the start, and all mistakes are named at once, each with where it stands.",
    "",
    "```yaml",
    "# npm start -- --config meringue.yaml",
    "port: 4000                # a flag without its dashes",
    "kafka-hosts: [a:9092, b:9092]",
    "OW_DB_PASSWORD: some_passw0rd   # or a variable that has no flag; guard such a file",
    "```",
    "",
    "`npm run -s meringue -- config check [flags]` prints every setting in force and where it came from, without the secrets;",
    "`npm run -s meringue -- config [flags]` prints them as JSON.",
    "",
    ...table(["flag", "variable", "default", "what it is"], ofAllRoles.map(rowOf)),
    "",
    "Of [clusters](cluster.md), for the roles `controller` and `invoker`:",
    "",
    ...table(["flag", "variable", "default", "what it is"], ofClusters.map(rowOf)),
    "",
    "Secrets that are variables only, because flags can be seen by other users ([keys of parameters](parameter-encryption.md)):",
    "",
    ...table(["variable", "what it is"], [...keyVariables, ...accountVariables].map(variableRow)),
    "",
    "Variables for [CouchDB](couchdb.md), named as OpenWhisk's deployments name them:",
    "",
    ...table(["variable", "what it is"], couchVariables.map(variableRow)),
    "",
    "## OpenWhisk's variables",
    "",
    "What an OpenWhisk deployment says in these variables counts here too, unless ours says otherwise. Values are written as there:",
    "`512 m`, `10 minutes`, `90%`, `true`.",
    "",
    ...table(["variable", "the same as"], [...upstreamRows(), ...upstreamNameRows()]),
    "",
    "Limits that have no flag here, on top of those of `--limits`:",
    "",
    ...table(["variable", "what it is"], limitVariables.map(variableRow)),
    "",
    "Other `CONFIG_whisk_…` variables have no meaning here, and are passed over.",
    "",
  ].join("\n");
}

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): readonly string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function rowOf(name: SettingName): Row {
  const { flags, env, about, unit, computedDefault } = settingOf(name);
  const fixed = fixedDefaultOf(name);
  const value = fixed ? [`\`${fixed}\``, unit].filter(Boolean).join(" ") : (computedDefault ?? "none");
  return [`\`${flags.replace("|", "\\|")}\``, `\`${env}\``, value, about];
}

function variableRow({ env, about }: { readonly env: string; readonly about: string }): Row {
  return [env.replace(/\w+/g, "`$&`"), about];
}

function upstreamRows(): readonly Row[] {
  return settingNames.flatMap((name) => {
    const { upstream } = settingOf(name);
    return upstream === undefined ? [] : [[`\`${upstream.env}\``, `\`${longFlag(name)}\``]];
  });
}

function upstreamNameRows(): readonly Row[] {
  return Object.entries(UPSTREAM_NAMES).map(([theirs, ours]) => [`\`${theirs}\``, `\`${ours}\``]);
}
