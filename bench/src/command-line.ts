import { parseArgs } from "node:util";

/** What `npm run bench` was asked for. */
export interface CommandLine {
  readonly names: readonly string[];
  readonly help: boolean;
  readonly list: boolean;
  readonly quick: boolean;
  readonly keep: boolean;
  readonly docs: boolean;
  readonly rounds: number;
  readonly seconds: number;
  readonly minutes: number;
  readonly target: string | undefined;
  readonly auth: string | undefined;
  readonly upstreamRuntime: string | undefined;
  readonly profileDir: string | undefined;
}

/** The command line cannot be understood. */
export class BadCommandLine extends Error {
  override readonly name = "BadCommandLine";
}

export const USAGE = `npm run bench -- [SCENARIO…] [flags]

  --list                    the scenarios
  --quick                   a smoke run: everything small, nothing judged or kept
  --keep                    keep the figures in bench/results (otherwise in .bench), and write docs/performance.md anew
  --docs                    measure nothing, only write docs/performance.md anew from bench/results
  --target URL --auth KEY   ask that endpoint instead of a server of this checkout; KEY is uuid:key
  --upstream-runtime PATH   a checkout of apache/openwhisk-runtime-nodejs whose core/nodejsActionBase has its node_modules
  --minutes N               how long soak runs (30)
  --rounds N                alternating rounds of a comparison (5; fewer are not judged)
  --seconds N               length of one side of a round (3)
  --profile FOLDER          servers leave their processor profiles there when they end
`;

const LEAST_ROUNDS = 5;

/** @throws BadCommandLine */
export function readCommandLine(words: readonly string[]): CommandLine {
  const { values, positionals } = parsed(words);
  if ((values.target === undefined) !== (values.auth === undefined)) {
    throw new BadCommandLine("--target and --auth go together");
  }
  if (values.target !== undefined && !URL.canParse(values.target)) {
    throw new BadCommandLine(`--target: ${values.target} is not a URL`);
  }
  const quick = values.quick ?? false;
  return {
    names: positionals,
    help: values.help ?? false,
    list: values.list ?? false,
    quick,
    keep: values.keep ?? false,
    docs: values.docs ?? false,
    rounds: positive("--rounds", values.rounds, quick ? 1 : LEAST_ROUNDS),
    seconds: positive("--seconds", values.seconds, quick ? 0.2 : 3),
    minutes: positive("--minutes", values.minutes, quick ? 0.05 : 30),
    target: values.target,
    auth: values.auth,
    upstreamRuntime: values["upstream-runtime"],
    profileDir: values.profile,
  };
}

/** Whether figures of so many rounds are held against the goals. */
export function isJudged({ quick, rounds }: Pick<CommandLine, "quick" | "rounds">): boolean {
  return !quick && rounds >= LEAST_ROUNDS;
}

function parsed(words: readonly string[]) {
  const flag = { type: "boolean" } as const;
  const text = { type: "string" } as const;
  const options = {
    help: { ...flag, short: "h" },
    list: flag,
    quick: flag,
    keep: flag,
    docs: flag,
    rounds: text,
    seconds: text,
    minutes: text,
    target: text,
    auth: text,
    "upstream-runtime": text,
    profile: text,
  } as const;
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new BadCommandLine((error as Error).message, { cause: error });
  }
}

function positive(flag: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new BadCommandLine(`${flag}: ${text} is not a number above 0`);
  return value;
}
