import { setImmediate as nextTurn } from "node:timers/promises";

/** Work on fewer bytes than this takes no time worth speaking of. */
const LARGE_BYTES = 1024 * 1024;

/** Between two steps on something large: lets others have their turn on the loop first. At once when it is small. */
export async function takeTurns(bytes: number): Promise<void> {
  if (bytes > LARGE_BYTES) await nextTurn();
}
