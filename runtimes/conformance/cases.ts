import { describe, type ExpectStatic, test } from "vitest";
import { activate, type Outcome, type StartTarget, toldBy, type Upload } from "./target.ts";

const REPLY_CHARACTERS = 500;

/** One row of a language's table. */
export interface Case {
  /** Identifier in the table of conformance cases, if it has one there: `N3`. */
  readonly id?: string;
  /** What holds, as a sentence. */
  readonly title: string;
  readonly upload: Upload | Promise<Upload>;
  /** Bodies of /run, one after the other. Default: one empty object. */
  readonly bodies?: readonly unknown[];
  /** Environment of the container. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take, in milliseconds, when the usual is too short. */
  readonly limitMs?: number;
  /** Why it can't be shown here. */
  readonly skip?: string | undefined;
  readonly check: (outcome: Outcome, expect: ExpectStatic) => void;
}

/** Makes a test of every row. They run at the same time: each has a runtime of its own. */
export function caseSuite(name: string, start: StartTarget, cases: readonly Case[]): void {
  describe.concurrent(name, () => {
    for (const row of cases) {
      const title = [row.id, row.title].filter((part) => part !== undefined).join(": ");
      const reason = row.skip === undefined ? "" : ` (${row.skip})`;
      const options = row.limitMs === undefined ? {} : { timeout: row.limitMs };
      test.skipIf(row.skip !== undefined)(title + reason, options, async ({ expect }) => {
        const outcome = await activate(start, await row.upload, row.bodies ?? [{}], row.env);
        try {
          row.check(outcome, expect);
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${describeOutcome(outcome)}`, { cause: error });
        }
      });
    }
  });
}

/** For a failure's message: what a check compares is rarely all that one wants to know. */
function describeOutcome(outcome: Outcome): string {
  const replies = [outcome.init, ...outcome.runs].map((reply) => JSON.stringify(reply).slice(0, REPLY_CHARACTERS));
  return `answers: ${replies.join(" ")}\n${toldBy(outcome)}`;
}

/** The first run's `error`, as text. */
export function errorOf(reply: { readonly body: unknown } | undefined): string {
  const error = (reply?.body as { error?: unknown } | undefined)?.error;
  return typeof error === "string" ? error : JSON.stringify(error ?? null);
}

/** One sentinel on each stream. */
export const ONE_PAIR = { stdout: 1, stderr: 1 };
/** No sentinel at all. */
export const NO_PAIR = { stdout: 0, stderr: 0 };
