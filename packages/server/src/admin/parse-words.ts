import type { OptionGrammar } from "./grammar.ts";

/** Words that the grammar does not allow; the message says which, in argparse's way. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export type OptionValue = boolean | number | string | readonly string[];

export interface ParsedWords {
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly positionals: readonly string[];
  /** Set when the words ask for help. */
  readonly help: boolean;
}

const NUMBER = /^-\d+$|^-\d*\.\d+$/;
const HELP: OptionGrammar = { names: ["-h", "--help"], key: "help", kind: "flag", help: "print this" };

/**
 * Takes words apart by a list of options, as Python's argparse does: options and others in any order, `--name value`,
 * `--name=value`, unambiguous beginnings of long names, `-p2`, `-ak`, and names of two letters after one dash.
 *
 * @param leading stop at the first word that is no option: the rest are positionals
 * @throws UsageError
 */
export function parseWords(
  words: readonly string[],
  grammar: readonly OptionGrammar[],
  { leading = false } = {},
): ParsedWords {
  const options: Record<string, OptionValue> = {};
  const positionals: string[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") return { options, positionals: [...positionals, ...queue], help: false };
    if (!looksLikeOption(word)) {
      positionals.push(word);
      if (leading) return { options, positionals: [...positionals, ...queue], help: false };
      continue;
    }
    const { option, attached } = match(word, [...grammar, HELP]);
    if (option === HELP) return { options, positionals, help: true };
    if (option.kind === "flag") {
      if (attached?.startsWith("="))
        throw new UsageError(`argument ${shown(option)}: ignored explicit argument '${attached.slice(1)}'`);
      if (attached !== undefined) queue.unshift(`-${attached}`);
      options[option.key] = true;
    } else {
      options[option.key] = read(option, takeValues(option, attached?.replace(/^=/, ""), queue));
    }
  }
  return { options, positionals, help: false };
}

function looksLikeOption(word: string): boolean {
  return word.length > 1 && word.startsWith("-") && !word.includes(" ") && !NUMBER.test(word);
}

/** @returns the option that `word` names, and what is glued to it: `=value`, `value`, or further letters. */
function match(
  word: string,
  grammar: readonly OptionGrammar[],
): { option: OptionGrammar; attached: string | undefined } {
  const [, name = word, attached] = /^([^=]+)(=.*)?$/s.exec(word) ?? [];
  const exact = grammar.find((option) => option.names.includes(name));
  if (exact !== undefined) return { option: exact, attached };
  if (name.startsWith("--")) {
    const fits = grammar.flatMap((option) =>
      option.names.filter((full) => full.startsWith(name)).map((full) => ({ option, full })),
    );
    const [only] = fits;
    if (only === undefined) throw new UsageError(`unrecognized arguments: ${word}`);
    if (fits.length > 1) {
      throw new UsageError(`ambiguous option: ${name} could match ${fits.map(({ full }) => full).join(", ")}`);
    }
    return { option: only.option, attached };
  }
  const short = grammar.find((option) => option.names.includes(word.slice(0, 2)));
  if (short === undefined) throw new UsageError(`unrecognized arguments: ${word}`);
  return { option: short, attached: word.slice(2) };
}

function takeValues(option: OptionGrammar, attached: string | undefined, queue: string[]): readonly string[] {
  if (attached !== undefined) return [attached];
  const end = queue.findIndex(looksLikeOption);
  const available = end === -1 ? queue.length : end;
  const count = option.kind === "words" ? available : Math.min(1, available);
  if (count > 0) return queue.splice(0, count);
  throw new UsageError(
    `argument ${shown(option)}: expected ${option.kind === "words" ? "at least one argument" : "one argument"}`,
  );
}

function read(option: OptionGrammar, values: readonly string[]): OptionValue {
  const [value = ""] = values;
  switch (option.kind) {
    case "words":
      return values;
    case "whole-number":
      if (/^\s*[+-]?\d+\s*$/.test(value)) return Number(value);
      throw new UsageError(`argument ${shown(option)}: invalid int value: '${value}'`);
    case "boolean":
      if (/^(yes|true)$/i.test(value)) return true;
      if (/^(no|false)$/i.test(value)) return false;
      throw new UsageError(`argument ${shown(option)}: ${value} is not a valid boolean.`);
    default:
      return value;
  }
}

function shown(option: OptionGrammar): string {
  return option.names.join("/");
}
