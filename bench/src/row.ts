import type { GoalId } from "./goals.ts";

/** One line of a scenario's table. */
export interface Row {
  /** The goal that it is measured for; others explain it. */
  readonly goal?: GoalId;
  readonly what: string;
  /** `%`, `×`, `µs`, `ms`, `MB`, `calls/s` …; empty for a count. */
  readonly unit: string;
  /** One figure a round. The row's own figure is their median. */
  readonly values: readonly number[];
  /** The figures are a course of time, one after the other. */
  readonly series?: true;
  /** Why the figures do not count: the rounds broke a rule. */
  readonly rejected?: string;
  /** Why there are no figures: what is missing here. */
  readonly skipped?: string;
}

/** A row that could not be measured here. */
export function skippedRow(what: string, why: string, goal?: GoalId): Row {
  return { what, unit: "", values: [], skipped: why, ...(goal === undefined ? {} : { goal }) };
}
