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

/** A bare process of an interpreter takes about so long. */
const GUESSED_START_MS = 60;

/** Nothing learned yet. */
export function pace(): Pace {
  const runs = new Map<string, number>();
  const starts = new Map<string, number>();
  const learn = (into: Map<string, number>, key: string, ms: number): void => {
    const known = into.get(key);
    into.set(key, known === undefined ? ms : known + WEIGHT * (ms - known));
  };
  return {
    ran: (ownerKey, ms) => learn(runs, ownerKey, ms),
    started: (cellKey, ms) => learn(starts, cellKey, ms),
    runMs: (ownerKey) => runs.get(ownerKey),
    startMs: (cellKey) => starts.get(cellKey) ?? GUESSED_START_MS,
    forget: (ownerKey) => runs.delete(ownerKey),
  };
}
