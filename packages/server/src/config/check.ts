import type { SourcedConfig } from "./read-config.ts";
import { longFlag, type SettingName, settingNames, settingOf } from "./schema.ts";
import { isSecret } from "./variables.ts";

const MASK = "…";

/** `meringue config check`: every setting in force and where it came from, a line each; secrets are masked. */
export function checkedLines({ config, sources }: SourcedConfig): readonly string[] {
  const settings = settingNames.map((name) => {
    const { secret, unit } = settingOf(name);
    const value = (config as Readonly<Partial<Record<SettingName, unknown>>>)[name];
    const text = value === undefined ? "" : [secret ? MASK : String(value), unit].filter(Boolean).join(" ");
    return [longFlag(name).slice(2), text, sources.given.get(name)?.from ?? whenNotGiven(name)] as const;
  });
  const variables = [...sources.variables].map(([variable, { text, from }]) => {
    return [variable, isSecret(variable) ? MASK : text, from === variable ? "variable" : from] as const;
  });
  const shown = [...settings, ...variables];
  const width = Math.max(...shown.map(([name, text]) => name.length + text.length));
  return shown.map(([name, text, from]) => `${`${name} = ${text}`.padEnd(Math.min(width, 60) + 3)}  # ${from}`);
}

function whenNotGiven(name: SettingName): string {
  const { fixedDefault, computedDefault } = settingOf(name);
  if (fixedDefault !== undefined || computedDefault === undefined) return "default";
  return `default: ${computedDefault.replaceAll("`", "")}`;
}

/** Variables that look like ours and are not: a slip of the pen, most likely. */
export function strangeVariables(
  env: NodeJS.ProcessEnv,
  nearest: (word: string, known: readonly string[]) => string | undefined,
): readonly string[] {
  const known = settingNames.map((name) => settingOf(name).env);
  return Object.keys(env)
    .filter((variable) => variable.startsWith("MERINGUE_") && !known.includes(variable) && !isKnownElsewhere(variable))
    .flatMap((variable) => {
      const meant = nearest(variable, known);
      return meant === undefined ? [] : [`${variable}: there is no such variable; did you mean ${meant}?`];
    });
}

/** What the tests and the gate are told by. */
function isKnownElsewhere(variable: string): boolean {
  return /^MERINGUE_(TEST_|LANE$|KILL_ROUNDS$|PARAMETER_KEY_|KAFKA_USERNAME$|KAFKA_PASSWORD$|CONSUL_TOKEN$)/.test(
    variable,
  );
}
