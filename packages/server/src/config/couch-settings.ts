/** Where the databases of CouchDB are, and as whom to use them. */
export interface CouchSettings {
  readonly server: { readonly url: string; readonly username?: string; readonly password?: string };
  readonly names: { readonly subjects: string; readonly whisks: string; readonly activations: string };
}

/** Variables without a flag: those of upstream's deployments and of wskadmin, and secrets. */
export const couchVariables: readonly { readonly env: string; readonly about: string }[] = [
  { env: "OW_DB", about: "`CouchDB` or `Cloudant`: the same as `--store couchdb`" },
  {
    env: "OW_DB_PROTOCOL, OW_DB_HOST, OW_DB_PORT",
    about: "where CouchDB is, when `--couchdb-url` does not say it (`http`, `127.0.0.1`, `5984`)",
  },
  { env: "OW_DB_USERNAME, OW_DB_PASSWORD", about: "account of CouchDB" },
  {
    env: "DB_WHISK_AUTHS, DB_WHISK_ACTIONS, DB_WHISK_ACTIVATIONS",
    about: "names of the databases (the prefix with `subjects`, `whisks`, `activations`)",
  },
];

/** Whether `OW_DB` asks for CouchDB. A problem is a sentence. */
export function storeOf(env: NodeJS.ProcessEnv): { readonly store: "sqlite" | "couchdb"; readonly problem?: string } {
  const provider = env["OW_DB"] ?? "";
  if (provider === "") return { store: "sqlite" };
  if (/^(couchdb|cloudant)$/i.test(provider)) return { store: "couchdb" };
  return { store: "sqlite", problem: `OW_DB: must be CouchDB or Cloudant, not "${provider}"` };
}

/** Puts together what flags and variables say. A problem is a sentence, and repeats no password. */
export function readCouchSettings(
  given: { readonly couchdbUrl?: string | undefined; readonly couchdbPrefix: string },
  env: NodeJS.ProcessEnv,
): { readonly couch: CouchSettings; readonly problems: readonly string[] } {
  const named = (variable: string, standard: string): string => env[variable] || standard;
  const url =
    given.couchdbUrl ??
    `${named("OW_DB_PROTOCOL", "http")}://${named("OW_DB_HOST", "127.0.0.1")}:${named("OW_DB_PORT", "5984")}`;
  const [username, password] = [named("OW_DB_USERNAME", ""), named("OW_DB_PASSWORD", "")];
  const problems: string[] = [];
  if (!isServerUrl(url)) {
    const source = given.couchdbUrl === undefined ? "OW_DB_PROTOCOL, OW_DB_HOST and OW_DB_PORT" : "the URL of CouchDB";
    problems.push(`${source}: must give http://HOST:PORT or https://HOST:PORT, without a user name`);
  }
  if ((username === "") !== (password === "")) problems.push("OW_DB_USERNAME and OW_DB_PASSWORD: give both, or none");
  return {
    couch: {
      server: { url, ...(username === "" ? {} : { username, password }) },
      names: {
        subjects: named("DB_WHISK_AUTHS", `${given.couchdbPrefix}subjects`),
        whisks: named("DB_WHISK_ACTIONS", `${given.couchdbPrefix}whisks`),
        activations: named("DB_WHISK_ACTIVATIONS", `${given.couchdbPrefix}activations`),
      },
    },
    problems,
  };
}

function isServerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && search === "" && hash === "";
}
