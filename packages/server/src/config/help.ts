import { couchVariables } from "./couch-settings.ts";
import { keyVariables } from "./parameter-keys.ts";
import { fixedDefaultOf, type SettingName, settingNames, settingOf } from "./schema.ts";

const FLAGS_WIDTH = 34;

/** What `--help` prints: every flag with its variable, unit and default. */
export function helpText(): string {
  return [
    "Usage: npm start -- [options]          (or: meringue [standalone] [options])",
    "",
    "Starts Meringue: everything in one process, with no other service needed.",
    "Other roles: meringue admin (accounts and limits), meringue db (databases), meringue config (the settings in force).",
    "",
    "Options, with the variable that says the same and the default:",
    ...settingNames.flatMap(describe),
    ...pair("-h, --help", "print this"),
    ...pair("-V, --version", "print the version"),
    "",
    "Variables without a flag, because flags can be seen by other users:",
    ...keyVariables.flatMap(({ env, about }) => pair(env, about.replaceAll("`", ""))),
    "",
    "Variables for CouchDB, named as OpenWhisk's deployments name them:",
    ...couchVariables.flatMap(({ env, about }) => pair(env, about.replaceAll("`", ""))),
    "",
    "A flag wins over its variable. `meringue config` prints what is in force.",
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
  const rows = settingNames.map((name) => {
    const { flags, env, about, unit, computedDefault } = settingOf(name);
    const fixed = fixedDefaultOf(name);
    const value = fixed === undefined ? (computedDefault ?? "none") : [`\`${fixed}\``, unit].filter(Boolean).join(" ");
    return `| \`${flags}\` | \`${env}\` | ${value} | ${about} |`;
  });
  return [
    "# Configuration",
    "",
    "<!-- Made by scripts/configuration-doc.ts from packages/server/src/config/schema.ts: change that, not this. -->",
    "",
    "Every setting of the `standalone` role is a flag (`npm start -- --port 4000`) and a variable (`MERINGUE_PORT=4000`).",
    "A flag wins; an empty variable counts as not set. A bad value, or a flag that does not exist, stops the start, and all",
    "mistakes are named at once. `npm run meringue -- config [flags]` prints the settings in force.",
    "",
    "| flag | variable | default | what it is |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    "Secrets that are variables only, because flags can be seen by other users ([how to use them](parameter-encryption.md)):",
    "",
    "| variable | what it is |",
    "| --- | --- |",
    ...keyVariables.map(({ env, about }) => `| \`${env}\` | ${about} |`),
    "",
    "Variables for [CouchDB](couchdb.md), named as OpenWhisk's deployments name them:",
    "",
    "| variable | what it is |",
    "| --- | --- |",
    ...couchVariables.map(({ env, about }) => `| ${env.replace(/\w+/g, "`$&`")} | ${about} |`),
    "",
  ].join("\n");
}
