import { couchVariables } from "./couch-settings.ts";
import { keyVariables } from "./parameter-keys.ts";
import { settingNames, settingOf } from "./schema.ts";
import { limitVariables } from "./upstream-limits.ts";

/** Variables that have no flag, because flags can be seen by other users. */
export const accountVariables: readonly { readonly env: string; readonly about: string }[] = [
  {
    env: "MERINGUE_KAFKA_USERNAME, MERINGUE_KAFKA_PASSWORD",
    about: "account of Kafka, where `--kafka-sasl` is not `off`",
  },
  { env: "MERINGUE_CONSUL_TOKEN", about: "token for Consul's access lists" },
];

/** Upstream's names for variables that we have under another name, and no flag for. */
export const UPSTREAM_NAMES: Readonly<Record<string, string>> = {
  CONFIG_whisk_couchdb_protocol: "OW_DB_PROTOCOL",
  CONFIG_whisk_couchdb_host: "OW_DB_HOST",
  CONFIG_whisk_couchdb_port: "OW_DB_PORT",
  CONFIG_whisk_couchdb_username: "OW_DB_USERNAME",
  CONFIG_whisk_couchdb_password: "OW_DB_PASSWORD",
  CONFIG_whisk_couchdb_provider: "OW_DB",
  CONFIG_whisk_couchdb_databases_WhiskAuth: "DB_WHISK_AUTHS",
  CONFIG_whisk_couchdb_databases_WhiskEntity: "DB_WHISK_ACTIONS",
  CONFIG_whisk_couchdb_databases_WhiskActivation: "DB_WHISK_ACTIVATIONS",
  CONFIG_whisk_parameterStorage_aes128: "MERINGUE_PARAMETER_KEY_AES128",
  CONFIG_whisk_parameterStorage_aes256: "MERINGUE_PARAMETER_KEY_AES256",
};

/** Every variable that is read and has no flag. */
export const plainVariables: readonly string[] = [
  ...[...couchVariables, ...keyVariables, ...accountVariables].flatMap(({ env }) => env.split(", ")),
  ...limitVariables.map(({ env }) => env),
  ...settingNames.flatMap((name) => settingOf(name).upstream?.env ?? []),
  ...Object.keys(UPSTREAM_NAMES),
];

/** Whether what a variable says is never shown. */
export function isSecret(variable: string): boolean {
  return /PASSWORD|TOKEN|PARAMETER_KEY|parameterStorage_aes|_password$/.test(variable);
}
