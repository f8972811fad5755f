import { type CommandGrammar, commands, globalOptions, groupOptions, type OptionGrammar } from "./grammar.ts";
import { type OptionValue, parseWords, UsageError } from "./parse-words.ts";

/** What the words ask for. */
export type AdminRequest =
  | {
      readonly kind: "command";
      /** `user create`. */
      readonly name: string;
      /** The first is empty where the command takes none. */
      readonly positionals: readonly [string, ...string[]];
      readonly options: Readonly<Record<string, OptionValue>>;
      readonly globals: Readonly<Record<string, OptionValue>>;
    }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "usage"; readonly text: string };

const PROGRAM = "meringue admin";

/** Understands the words after `admin`. Never throws: wrong words are a request of kind `usage`. */
export function parseCommand(argv: readonly string[]): AdminRequest {
  let usage = usageOf([], globalOptions, `{${Object.keys(groupOptions).join(",")}} ...`);
  try {
    const globals = parseWords(argv, globalOptions, { leading: true });
    if (globals.help) return { kind: "help", text: [usage, "", ...listing(commands)].join("\n") };
    const [group, ...afterGroup] = choose("cmd", globals.positionals, Object.keys(groupOptions));

    const inGroup = commands.filter(({ words }) => words[0] === group);
    const names = inGroup.map(({ words }) => words[1]);
    usage = usageOf([group], groupOptions[group] ?? [], `{${names.join(",")}} ...`);
    const inside = parseWords(afterGroup, groupOptions[group] ?? [], { leading: true });
    if (inside.help) return { kind: "help", text: [usage, "", ...listing(inGroup)].join("\n") };
    const [name, ...words] = choose("subcmd", inside.positionals, names);

    const grammar = inGroup.find((each) => each.words[1] === name) as CommandGrammar;
    const { positional } = grammar;
    usage = usageOf(grammar.words, grammar.options, `${positional?.name ?? ""}${positional?.many ? " ..." : ""}`);
    const { options, positionals, help } = parseWords(words, grammar.options);
    if (help) return { kind: "help", text: [usage, "", ...optionLines(grammar)].join("\n") };
    const [first, ...more] = positional === undefined ? ["", ...positionals] : positionals;
    if (first === undefined) throw new UsageError(`the following arguments are required: ${positional?.name}`);
    if (positional?.many !== true && more.length > 0) throw new UsageError(`unrecognized arguments: ${more.join(" ")}`);
    return {
      kind: "command",
      name: `${group} ${name}`,
      positionals: [first, ...more],
      options,
      globals: globals.options,
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { kind: "usage", text: `${usage}\n${PROGRAM}: error: ${error.message}` };
  }
}

function choose(what: string, words: readonly string[], choices: readonly string[]): [string, ...string[]] {
  const [word, ...rest] = words;
  if (word === undefined) throw new UsageError(`the following arguments are required: ${what}`);
  if (choices.includes(word)) return [word, ...rest];
  const list = choices.map((choice) => `'${choice}'`).join(", ");
  throw new UsageError(`argument ${what}: invalid choice: '${word}' (choose from ${list})`);
}

function usageOf(words: readonly string[], options: readonly OptionGrammar[], rest: string): string {
  const optional = options.map(
    (option) => `[${option.names[0]}${option.kind === "flag" ? "" : ` ${option.key.toUpperCase()}`}]`,
  );
  return ["usage:", PROGRAM, ...words, "[-h]", ...optional, rest].join(" ").trimEnd();
}

function listing(list: readonly CommandGrammar[]): string[] {
  return list.map(({ words, help }) => `  ${words.join(" ").padEnd(16)} ${help}`);
}

function optionLines({ positional, options, help }: CommandGrammar): string[] {
  const row = (left: string, text: string): string => `  ${left.padEnd(26)} ${text}`;
  return [
    help,
    "",
    ...(positional === undefined ? [] : [row(positional.name, positional.help)]),
    ...options.map((each) => row(each.names.join(", "), each.help)),
  ];
}
