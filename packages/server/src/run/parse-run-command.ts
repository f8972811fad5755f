import type { Json } from "@meringue/core";

/** What `meringue run …` is asked for. */
export type RunRequest =
  | ({ readonly kind: "run" } & RunWords)
  | { readonly kind: "help" }
  | { readonly kind: "usage"; readonly problem: string };

/** An action to be run once, as it was typed. */
export interface RunWords {
  /** Path of the code, `-` for the standard input; undefined only with an image. */
  readonly file: string | undefined;
  /** Where parameters come from, in the order of the words. */
  readonly parameters: readonly ParameterSource[];
  readonly env: readonly Pair[];
  readonly annotations: readonly Pair[];
  /** `python:3.11`, as typed; undefined when FILE is to tell. */
  readonly runtime: string | undefined;
  readonly main: string | undefined;
  readonly image: string | undefined;
  readonly native: boolean;
  /** MB, ms, MB and a count, as typed: the API's own decoder judges them. */
  readonly limits: Readonly<Partial<Record<LimitName, number>>>;
  readonly wholeRecord: boolean;
  readonly verbose: boolean;
  readonly apiHost: string | undefined;
  readonly auth: string | undefined;
  /** Settings of the server, as flags. */
  readonly flags: readonly string[];
}

export type LimitName = "memory" | "timeout" | "logs" | "concurrency";

/** A key, and a value that is JSON where it can be read so. */
export interface Pair {
  readonly key: string;
  readonly value: Json;
}

export type ParameterSource = { readonly from: "words"; readonly pair: Pair } | { readonly from: "file"; path: string };

type Option =
  | { readonly kind: "pair"; readonly into: "param" | "env" | "annotation" }
  | { readonly kind: "limit"; readonly name: LimitName }
  | { readonly kind: "text"; readonly name: "runtime" | "main" | "image" | "apiHost" | "auth" }
  | { readonly kind: "flag"; readonly name: "native" | "wholeRecord" | "verbose" }
  | { readonly kind: "file" }
  | { readonly kind: "setting" };

const OPTIONS: Readonly<Record<string, Option>> = {
  "--param": { kind: "pair", into: "param" },
  "--env": { kind: "pair", into: "env" },
  "--annotation": { kind: "pair", into: "annotation" },
  "--param-file": { kind: "file" },
  "--kind": { kind: "text", name: "runtime" },
  "--main": { kind: "text", name: "main" },
  "--docker": { kind: "text", name: "image" },
  "--apihost": { kind: "text", name: "apiHost" },
  "--auth": { kind: "text", name: "auth" },
  "--native": { kind: "flag", name: "native" },
  "--blocking": { kind: "flag", name: "wholeRecord" },
  "--verbose": { kind: "flag", name: "verbose" },
  "--memory": { kind: "limit", name: "memory" },
  "--timeout": { kind: "limit", name: "timeout" },
  "--logsize": { kind: "limit", name: "logs" },
  "--concurrency": { kind: "limit", name: "concurrency" },
  "--containers": { kind: "setting" },
  "--docker-socket": { kind: "setting" },
  "--manifest": { kind: "setting" },
  "--limits": { kind: "setting" },
  "--max-concurrency": { kind: "setting" },
  "--data-dir": { kind: "setting" },
};

const SHORT: Readonly<Record<string, string>> = {
  ...{ "-p": "--param", "-P": "--param-file", "-a": "--annotation", "-u": "--auth", "-b": "--blocking" },
  ...{ "-v": "--verbose", "-m": "--memory", "-t": "--timeout", "-l": "--logsize", "-c": "--concurrency" },
};

/** A word that the command cannot be made of. */
class Misused extends Error {}

/** What was read so far. */
interface Draft {
  readonly files: string[];
  readonly parameters: ParameterSource[];
  readonly env: Pair[];
  readonly annotations: Pair[];
  readonly texts: Partial<Record<"runtime" | "main" | "image" | "apiHost" | "auth", string>>;
  readonly set: Set<"native" | "wholeRecord" | "verbose">;
  readonly limits: Partial<Record<LimitName, number>>;
  readonly flags: string[];
}

/** Understands the words after `run`. */
export function parseRunCommand(argv: readonly string[]): RunRequest {
  try {
    return parse(argv);
  } catch (error) {
    if (!(error instanceof Misused)) throw error;
    return { kind: "usage", problem: error.message };
  }
}

function parse(argv: readonly string[]): RunRequest {
  const draft: Draft = {
    ...{ files: [], parameters: [], env: [], annotations: [], texts: {}, set: new Set(), limits: {}, flags: [] },
  };
  const queue = [...argv];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "-h" || word === "--help") return { kind: "help" };
    if (word === "--") draft.files.push(...queue.splice(0));
    else if (word.startsWith("-") && word !== "-") take(word, queue, draft);
    else draft.files.push(word);
  }
  return requestOf(draft);
}

function requestOf({ files, texts, set, ...lists }: Draft): RunRequest {
  const { runtime, main, image, apiHost, auth } = texts;
  if (files.length > 1) throw new Misused(`one FILE is run at a time, not ${files.join(" and ")}`);
  if (files.length === 0 && image === undefined) throw new Misused("what is to be run?");
  const native = set.has("native");
  const chosen = [runtime, image, native || undefined].filter((each) => each !== undefined);
  if (chosen.length > 1) throw new Misused("--kind, --docker and --native exclude each other");
  const [verbose, wholeRecord] = [set.has("verbose"), set.has("wholeRecord")];
  return { kind: "run", file: files[0], ...lists, runtime, main, image, native, wholeRecord, verbose, apiHost, auth };
}

function take(word: string, queue: string[], draft: Draft): void {
  const [typed = "", glued] = word.split(/=(.*)/s);
  const name = SHORT[typed] ?? typed;
  const option = OPTIONS[name];
  if (option === undefined) throw new Misused(`there is no option ${typed}`);
  const value = (): string => glued ?? queue.shift() ?? missing(typed);
  switch (option.kind) {
    case "flag":
      if (glued !== undefined) throw new Misused(`${typed} takes no value`);
      return void draft.set.add(option.name);
    case "text":
      draft.texts[option.name] = value();
      return;
    case "limit":
      draft.limits[option.name] = numberOf(typed, value());
      return;
    case "file":
      return void draft.parameters.push({ from: "file", path: value() });
    case "setting":
      return void draft.flags.push(name, value());
    case "pair": {
      const pair = pairOf(typed, value(), queue);
      if (option.into === "param") draft.parameters.push({ from: "words", pair });
      else draft[option.into === "env" ? "env" : "annotations"].push(pair);
    }
  }
}

function missing(option: string): never {
  throw new Misused(`${option} wants a value`);
}

function numberOf(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Misused(`${option} wants a whole number, not "${text}"`);
  return Number(text);
}

/** `KEY=VALUE` in one word, or wsk's `KEY VALUE` in two. */
function pairOf(option: string, word: string, queue: string[]): Pair {
  const [key = "", value = queue.shift()] = word.split(/=(.*)/s);
  if (key === "" || value === undefined) throw new Misused(`${option} wants KEY=VALUE, not "${word}"`);
  return { key, value: jsonOrText(value) };
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text; // as wsk does: what is no JSON is a string
  }
}
