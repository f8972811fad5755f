/** What has been learned of how long things take: enough to tell whether waiting beats a cold start. Milliseconds. */
export interface Pace {
  /** An owner's activation has held its slot for so long. */
  ran(ownerKey: string, ms: number): void;
  /** A container of a class took so long from nothing to its first activation's run. */
  started(cellKey: string, ms: number): void;
  /** How long an activation of this owner usually takes; undefined before the first has ended. */
  runMs(ownerKey: string): number | undefined;
  /** How long a container of this class usually takes to come up; a guess before the first has. */
  startMs(cellKey: string): number;
  /** An owner has no containers any more. */
  forget(ownerKey: string): void;
}

/** How much the newest figure counts against all earlier ones. */
const WEIGHT = 0.2;
/**
 * Of a run, when it took longer than is known, and shorter: others that compete for the processors make it longer, and
 * more containers, which a long time would ask for, would make that worse.
 */
const LONGER = 0.05;
const SHORTER = 0.5;

/** A bare process of an interpreter takes about so long. */
const GUESSED_START_MS = 60;

/** Nothing learned yet. */
export function pace(): Pace {
  const runs = new Map<string, number>();
  const starts = new Map<string, number>();
  /** Whatever was started: what this machine takes for a class of which nothing is known. */
  let anyStartMs = GUESSED_START_MS;
  const moved = (known: number, ms: number, weight: number): number => known + weight * (ms - known);
  return {
    ran(ownerKey, ms) {
      const known = runs.get(ownerKey) ?? ms;
      runs.set(ownerKey, moved(known, ms, ms > known ? LONGER : SHORTER));
    },
    started(cellKey, ms) {
      starts.set(cellKey, moved(starts.get(cellKey) ?? ms, ms, WEIGHT));
      anyStartMs = moved(anyStartMs, ms, WEIGHT);
    },
    runMs: (ownerKey) => runs.get(ownerKey),
    startMs: (cellKey) => starts.get(cellKey) ?? anyStartMs,
    forget: (ownerKey) => runs.delete(ownerKey),
  };
}
