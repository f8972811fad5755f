const FIRST_MS = 100;
const LONGEST_MS = 1_000;

/** How long to wait before the `attempt`th retry, from 1, in milliseconds. */
export function backOff(attempt: number): number {
  return Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
}
