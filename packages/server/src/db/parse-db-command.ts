/** What `meringue db …` is asked for. */
export type DbRequest =
  | { readonly kind: "init" | "check"; readonly flags: readonly string[] }
  | {
      readonly kind: "wipe";
      readonly databases: readonly Wipeable[];
      readonly sure: boolean;
      readonly flags: readonly string[];
    }
  | { readonly kind: "copy"; readonly from: StoreName; readonly to: StoreName; readonly flags: readonly string[] }
  | { readonly kind: "help" }
  | { readonly kind: "usage"; readonly problem: string };

export type StoreName = "sqlite" | "couchdb";
export type Wipeable = "subjects" | "whisks" | "activations";

/** What upstream's deployment wipes: accounts stay. */
const WIPED_BY_DEFAULT: readonly Wipeable[] = ["whisks", "activations"];

export const DB_USAGE = [
  "usage: meringue db init|check [settings]",
  "       meringue db wipe --yes [subjects] [whisks] [activations] [settings]",
  "       meringue db copy --from sqlite|couchdb --to sqlite|couchdb [settings]",
  "",
  "  init    makes what is missing in CouchDB: databases, design documents, the accounts guest and whisk.system",
  "  check   tells what is there and what is missing; exit code 1 when something is",
  "  wipe    deletes databases in CouchDB with all that is in them, and makes them anew (whisks and activations)",
  "  copy    copies accounts, limits, entities and activations; what the other store has by the same name is replaced,",
  "          activations that it has stay. No server may use the data folder meanwhile",
  "",
  "Settings are those of the server: --data-dir, --couchdb-url, --couchdb-prefix, and their variables.",
];

/** Settings that take a value, so that it is not taken for one of our words. */
const SETTINGS = ["--data-dir", "--couchdb-url", "--couchdb-prefix"];

/** Understands the words after `db`. */
export function parseDbCommand(argv: readonly string[]): DbRequest {
  if (argv.includes("--help") || argv.includes("-h")) return { kind: "help" };
  const [kind, ...rest] = argv;
  const { words, flags, options } = sort(rest);
  const sure = options.has("--yes");
  switch (kind) {
    case "init":
    case "check":
      return words.length > 0 ? usage(`${kind} takes no further words: ${words.join(" ")}`) : { kind, flags };
    case "wipe": {
      const stranger = words.find((word) => !isWipeable(word));
      if (stranger !== undefined) return usage(`there is no database ${stranger}: subjects, whisks or activations`);
      return { kind, databases: words.length > 0 ? words.filter(isWipeable) : WIPED_BY_DEFAULT, sure, flags };
    }
    case "copy": {
      const [from, to] = [options.get("--from"), options.get("--to")];
      if (!isStore(from) || !isStore(to) || from === to) {
        return usage("copy wants --from and --to, one of them sqlite and the other couchdb");
      }
      return words.length > 0 ? usage(`copy takes no further words: ${words.join(" ")}`) : { kind, from, to, flags };
    }
    default:
      return usage(kind === undefined ? "what is to be done?" : `there is no command ${kind}`);
  }
}

function usage(problem: string): DbRequest {
  return { kind: "usage", problem };
}

/** Our words and options, and the flags that are settings. */
function sort(argv: readonly string[]): {
  words: readonly string[];
  flags: readonly string[];
  options: ReadonlyMap<string, string>;
} {
  const [words, flags]: [string[], string[]] = [[], []];
  const options = new Map<string, string>();
  const queue = [...argv];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const [name = "", value] = word.split(/=(.*)/s);
    if (name === "--yes") options.set(name, "");
    else if (name === "--from" || name === "--to") options.set(name, value ?? queue.shift() ?? "");
    else if (SETTINGS.includes(word)) flags.push(word, ...queue.splice(0, 1));
    else if (word.startsWith("-")) flags.push(word);
    else words.push(word);
  }
  return { words, flags, options };
}

function isWipeable(word: string): word is Wipeable {
  return word === "subjects" || word === "whisks" || word === "activations";
}

function isStore(word: string | undefined): word is StoreName {
  return word === "sqlite" || word === "couchdb";
}
