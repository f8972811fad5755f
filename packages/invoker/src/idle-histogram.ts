/** How long an action is usually idle between two calls. */
export interface IdleHistogram {
  /** It was idle for so long, in milliseconds, and then it was called. */
  add(idleMs: number): void;
  /** When the next call is to be expected, counted from the last one's end; undefined when that can't be told. */
  forecast(): Forecast | undefined;
}

/** Nearly all calls come between these, in milliseconds after the last one's end. */
export interface Forecast {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** Bins grow by a tenth each: from a second to a day in 120 of them. */
const FIRST_MS = 1_000;
const GROWTH = 1.1;
const BINS = 120;
/** Fewer idle times tell nothing. */
const LEAST_SAMPLES = 4;
/** Counts are halved when there are so many: old habits count less and less. */
const MOST_SAMPLES = 64;
/** Of all calls, how many may come earlier, and how many later than forecast. */
const HEAD = 0.05;
const TAIL = 0.95;
/** A forecast that spans more of its own time than this is none. */
const WIDEST = 0.5;

/** Nothing seen yet. After Shahrad et al., Serverless in the Wild, ATC 2020. Takes a few hundred bytes. */
export function idleHistogram(): IdleHistogram {
  const counts = new Uint8Array(BINS);
  let total = 0;

  const halve = (): void => {
    total = 0;
    for (const [bin, count] of counts.entries()) {
      counts[bin] = count >> 1;
      total += count >> 1;
    }
  };
  /** The first bin up to which there are more than `share` of all. */
  const quantile = (share: number): number => {
    let sum = 0;
    return counts.findIndex((count) => (sum += count) > share * total);
  };

  return {
    add(idleMs) {
      const bin = Math.floor(Math.log(idleMs / FIRST_MS) / Math.log(GROWTH));
      if (bin < 0 || bin >= BINS) return;
      counts[bin] = (counts[bin] ?? 0) + 1;
      if (++total > MOST_SAMPLES) halve();
    },
    forecast() {
      if (total < LEAST_SAMPLES) return undefined;
      const earliestMs = FIRST_MS * GROWTH ** quantile(HEAD);
      const latestMs = FIRST_MS * GROWTH ** (quantile(TAIL) + 1);
      return latestMs - earliestMs > WIDEST * latestMs ? undefined : { earliestMs, latestMs };
    },
  };
}
