/** What a runtime answered. */
export interface Reply {
  /** HTTP status, or `gone` when the connection dropped instead. */
  readonly status: number | "gone";
  /** Parsed JSON; undefined when gone. */
  readonly body: unknown;
}

/** A body of /run, as far as it matters here. */
export interface RunBody {
  readonly activation_id: string;
  readonly [name: string]: unknown;
}

/** What came of a run whose answer may be streamed. */
export interface Streamed {
  /** Undefined when nothing was streamed. */
  readonly head: unknown;
  readonly items: readonly (string | Buffer)[];
  readonly reply: Reply;
}

/** All that a runtime printed, sentinels included. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** What a runtime printed, for a failure's message: the end of each stream. */
export function toldBy({ stdout, stderr }: Printed): string {
  return `stdout: ${stdout.slice(-TOLD_CHARACTERS)}\nstderr: ${stderr.slice(-TOLD_CHARACTERS)}`;
}

/** A started runtime that has seen no action yet, however it is reached. */
export interface Target {
  /** @param value of a /init body; undefined sends `{}` as the whole body. */
  init(value: unknown): Promise<Reply>;
  /** @param body of a /run, whole. */
  run(body: unknown): Promise<Reply>;
  /**
   * @param body of a /run with an activation id, whole.
   * @param stopAfter says after so many items that nobody wants more.
   */
  stream(body: RunBody, stopAfter?: number): Promise<Streamed>;
  /** Ends the runtime, and tells what it printed until then. */
  logs(): Promise<Printed>;
  /** Ends the runtime and frees what it held. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts one runtime.
 * @param env of the container, such as `__OW_API_HOST`
 */
export type StartTarget = (env?: Readonly<Record<string, string>>) => Promise<Target>;

/** The `value` of a /init body, without what every one has. */
export interface Upload {
  readonly code: string;
  readonly main?: string;
  readonly binary?: boolean;
  readonly env?: Readonly<Record<string, unknown>> | null;
}

/** What became of an action. */
export interface Outcome {
  readonly init: Reply;
  readonly runs: readonly Reply[];
  /** Without sentinel lines. */
  readonly stdout: string;
  /** Without sentinel lines. */
  readonly stderr: string;
  /** How many sentinel lines each stream got. */
  readonly sentinels: { readonly stdout: number; readonly stderr: number };
}

const TOLD_CHARACTERS = 2_000;
const SENTINEL_LINE = /^XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n/gm;

/** Starts a runtime, initialises an action, runs it once for each body, one after the other, and ends the runtime. */
export async function activate(
  start: StartTarget,
  upload: Upload,
  bodies: readonly unknown[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const target = await start(env);
  try {
    const init = await target.init(initValue(upload));
    const runs: Reply[] = [];
    for (const body of bodies) runs.push(await target.run(body));
    return { init, runs, ...separate(await target.logs()) };
  } finally {
    await target.stop();
  }
}

/** The `value` of a /init body. */
export function initValue(upload: Upload): object {
  return { name: "conformance", main: "main", binary: false, env: null, ...upload };
}

/** Tells what the action printed from what marks the ends of its activations. */
export function separate(printed: Printed): Omit<Outcome, "init" | "runs"> {
  const count = (text: string): number => text.match(SENTINEL_LINE)?.length ?? 0;
  return {
    stdout: printed.stdout.replaceAll(SENTINEL_LINE, ""),
    stderr: printed.stderr.replaceAll(SENTINEL_LINE, ""),
    sentinels: { stdout: count(printed.stdout), stderr: count(printed.stderr) },
  };
}

/** A body of /run with one argument object and nothing else. */
export function withValue(value: unknown): object {
  return { value };
}
