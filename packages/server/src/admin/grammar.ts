/** How an option's words are read. `words` takes all that follow, up to the next option. */
export type OptionKind = "flag" | "text" | "whole-number" | "boolean" | "words";

export interface OptionGrammar {
  /** As typed, shortest first. Two letters after one dash are wskadmin's own style. */
  readonly names: readonly string[];
  readonly key: string;
  readonly kind: OptionKind;
  readonly help: string;
}

export interface CommandGrammar {
  readonly words: readonly [group: string, name: string];
  readonly help: string;
  /** Undefined: it takes none. */
  readonly positional: { readonly name: string; readonly many: boolean; readonly help: string } | undefined;
  readonly options: readonly OptionGrammar[];
}

/** Options that stand before the command. */
export const globalOptions: readonly OptionGrammar[] = [
  { names: ["-v", "--verbose"], key: "verbose", kind: "flag", help: "say which data folder is used" },
  {
    names: ["--data-dir"],
    key: "dataDir",
    kind: "text",
    help: "the server's data folder (else MERINGUE_DATA_DIR, else its default)",
  },
];

/** Options between `user` and its command. The view is a matter of CouchDB: accepted, and without effect here. */
export const groupOptions: Readonly<Record<string, readonly OptionGrammar[]>> = {
  user: [{ names: ["-w", "--view"], key: "view", kind: "text", help: "accepted for compatibility" }],
  limits: [],
  invoker: [],
};

/** Names and kinds of the limits, in the order in which they are listed. */
export const limitOptions = [
  limit("invocationsPerMinute", "whole-number", "invocations per minute allowed"),
  limit("firesPerMinute", "whole-number", "trigger fires per minute allowed"),
  limit("concurrentInvocations", "whole-number", "concurrent invocations allowed"),
  limit("allowedKinds", "words", "runtime kinds allowed"),
  limit("storeActivations", "boolean", "whether activations are stored: true, false, yes or no"),
  limit("minActionMemory", "whole-number", "least memory of an action, in MB"),
  limit("maxActionMemory", "whole-number", "most memory of an action, in MB"),
  limit("minActionLogs", "whole-number", "least log size of an activation, in MB"),
  limit("maxActionLogs", "whole-number", "most log size of an activation, in MB"),
  limit("minActionTimeout", "whole-number", "least time limit of an action, in ms"),
  limit("maxActionTimeout", "whole-number", "most time limit of an action, in ms"),
  limit("minActionConcurrency", "whole-number", "least concurrency of an action"),
  limit("maxActionConcurrency", "whole-number", "most concurrency of an action"),
  limit("maxParameterSize", "text", "most size of parameters, such as '1 MB'"),
  limit("maxPayloadSize", "text", "most size of a payload, such as '1 MB'"),
  limit("truncationSize", "text", "what is kept of a result that is too large, such as '1 MB'"),
] as const;

const namespaceOption = text(["-ns", "--namespace"], "namespace", "the namespace, where it is not the subject's own");
const SUBJECT = { name: "subject", many: false, help: "the account" };
const SUBJECTS = { name: "subjects", many: true, help: "one or more accounts" };
const urlOption = (whose: string): OptionGrammar =>
  text(["--url"], "url", `ask ${whose} at http://HOST:PORT, and not the registry`);
const INSTANCE = { name: "instance", many: false, help: "the number of the invoker" };
const NAMESPACE = { name: "namespace", many: false, help: "the namespace" };

/** All commands, with wskadmin's words and options; those of invokers are ours. */
export const commands: readonly CommandGrammar[] = [
  {
    words: ["user", "create"],
    help: "create an account, or add a namespace to one, and print the key",
    positional: SUBJECT,
    options: [
      text(["-u", "--auth"], "auth", "the uuid:key to use"),
      namespaceOption,
      flag(["-r", "--revoke"], "revoke", "replace the existing key by a new one"),
      flag(["-g", "--genonly"], "genonly", "print a new key without storing it"),
      flag(["-s", "--silent"], "silent", "do not print the key"),
    ],
  },
  {
    words: ["user", "delete"],
    help: "delete an account, or one of its namespaces",
    positional: SUBJECT,
    options: [namespaceOption],
  },
  {
    words: ["user", "get"],
    help: "print an account's key",
    positional: SUBJECT,
    options: [namespaceOption, flag(["-a", "--all"], "all", "all namespaces and their keys")],
  },
  {
    words: ["user", "whois"],
    help: "tell whose a key is",
    positional: { name: "authkey", many: false, help: "uuid:key" },
    options: [],
  },
  { words: ["user", "block"], help: "block accounts", positional: SUBJECTS, options: [] },
  { words: ["user", "unblock"], help: "unblock accounts", positional: SUBJECTS, options: [] },
  {
    words: ["user", "list"],
    help: "list the keys of a namespace",
    positional: NAMESPACE,
    options: [
      { names: ["-p", "--pick"], key: "pick", kind: "whole-number", help: "no more than so many (1)" },
      flag(["-a", "--all"], "all", "all of them"),
      flag(["-k", "--key"], "key", "only the keys"),
    ],
  },
  { words: ["limits", "set"], help: "set limits of a namespace", positional: NAMESPACE, options: limitOptions },
  { words: ["limits", "get"], help: "print the limits of a namespace", positional: NAMESPACE, options: [] },
  { words: ["limits", "delete"], help: "delete the limits of a namespace", positional: NAMESPACE, options: [] },
  {
    words: ["invoker", "list"],
    help: "list the invokers of a cluster and how each is",
    positional: undefined,
    options: [urlOption("a controller")],
  },
  {
    words: ["invoker", "drain"],
    help: "let an invoker finish what it has and take nothing new",
    positional: INSTANCE,
    options: [urlOption("that invoker")],
  },
  {
    words: ["invoker", "undrain"],
    help: "let an invoker take work again",
    positional: INSTANCE,
    options: [urlOption("that invoker")],
  },
];

function limit<const K extends string>(key: K, kind: OptionKind, help: string) {
  return { names: [`--${key}`], key, kind, help };
}

function text(names: readonly string[], key: string, help: string): OptionGrammar {
  return { names, key, kind: "text", help };
}

function flag(names: readonly string[], key: string, help: string): OptionGrammar {
  return { names, key, kind: "flag", help };
}
