import type { Entity, Identity } from "@meringue/core";
import { describe, expect, test } from "vitest";
import type { AppDependencies } from "../src/index.ts";
import { type Answer, type CallOptions, call } from "./call.ts";
import { basic, startWorld, type World } from "./world.ts";

/** One row of a table: a request, and all that matters of its answer. */
export interface Case extends CallOptions {
  readonly name: string;
  /** What is stored before. */
  readonly given?: readonly Entity[];
  /** How the API differs from the default. */
  readonly deps?: Partial<AppDependencies>;
  /** Anything else to prepare. */
  readonly before?: (world: World) => void | Promise<void>;
  /** `guest` unless told. */
  readonly as?: "guest" | "other" | "nobody";
  /** Below `/api/v1` unless it begins with two slashes: then from the root. */
  readonly path: string;
  readonly status: number;
  /** The whole error text. */
  readonly error?: string | RegExp;
  /** The error text after `The request content was malformed:`. */
  readonly malformed?: string;
  /** Name of the query parameter that is complained about, and the complaint. */
  readonly query?: readonly [name: string, detail: string];
  /** What the JSON answer has, among other things. */
  readonly json?: unknown;
  /** What the JSON answer is. */
  readonly exactly?: unknown;
  readonly text?: string;
  /** Whether there are CORS headers: as a rule on all but malformed requests. */
  readonly cors?: boolean;
  /** True where not even an id comes with the answer. */
  readonly unlabelled?: boolean;
  readonly answerHeaders?: Readonly<Record<string, string>>;
  readonly after?: (answer: Answer, world: World, expect: Expect) => void | Promise<void>;
}

type Expect = typeof expect;

const BASE = "/api/v1";

/** Runs a table, each row against an API of its own. */
export function cases(title: string, rows: readonly Case[]): void {
  describe(title, () => {
    test.each(rows)("$name", runCase);
  });
}

async function runCase(row: Case): Promise<void> {
  const world = await startWorld(row.deps);
  try {
    await world.store(...(row.given ?? []));
    await row.before?.(world);
    const who: Identity | undefined = row.as === "nobody" ? undefined : world[row.as ?? "guest"];
    const path = row.path.startsWith("//") ? row.path.slice(1) : BASE + row.path;
    const headers = { ...(who === undefined ? {} : { Authorization: basic(who) }), ...row.headers };
    const answer = await call(world.url, path, { ...row, headers });
    check(row, answer);
    await row.after?.(answer, world, expect);
  } finally {
    await world.close();
  }
}

function check(row: Case, answer: Answer): void {
  const error = expectedError(row);
  if (error instanceof RegExp) expect(answer.json["error"]).toMatch(error);
  else if (error !== undefined) expect(answer.json).toEqual({ error, code: answer.headers["x-request-id"] });
  expect(answer.status, answer.text).toBe(row.status);
  expect(answer.headers["x-request-id"] === undefined).toBe(row.unlabelled ?? false);
  if (answer.json !== undefined && row.text === undefined)
    expect(answer.headers["content-type"]).toBe("application/json");
  if (row.json !== undefined) expect(answer.json).toMatchObject(row.json as object);
  if (row.exactly !== undefined) expect(answer.json).toEqual(row.exactly);
  if (row.text !== undefined) expect(answer.text).toBe(row.text);
  if (row.cors !== undefined) {
    expect(answer.headers["access-control-allow-origin"]).toBe(row.cors ? "*" : undefined);
  }
  for (const [name, value] of Object.entries(row.answerHeaders ?? {})) expect(answer.headers[name]).toBe(value);
}

function expectedError({ error, malformed, query }: Case): string | RegExp | undefined {
  if (malformed !== undefined) return `The request content was malformed:\n${malformed}`;
  if (query !== undefined) return `The query parameter '${query[0]}' was malformed:\n${query[1]}`;
  return error;
}

/** The row once for each variant. */
export function each<T>(variants: readonly T[], row: (variant: T) => Case): Case[] {
  return variants.map(row);
}
