/** How many events there were in the time that has just gone by. Times are in milliseconds, of any clock. */
export interface SlidingCount {
  /** Counts an event. */
  add(nowMs: number): void;
  /** Events of the last window: those at most `windowMs` ago, the one exactly that long ago no more. */
  count(nowMs: number): number;
  /** How long until, with no more events, fewer than `limit` are in the window, in milliseconds; 0 when they are now. */
  waitMs(nowMs: number, limit: number): number;
}

const FIRST_SLOTS = 8;

/**
 * Counts exactly, to `resolutionMs`. Events of one step of time share a slot of a ring, so that it has at most
 * `windowMs / resolutionMs + 1` slots however many events there are, and at most one for each event. A call costs the
 * same whatever was counted: each slot is left behind once, and the ring grows by doubling.
 *
 * A clock that goes back a little is taken to stand still, one that goes back by a window or more to have been set: then
 * all is forgotten, since what was counted might otherwise stay for as long as it went back.
 */
export function slidingCount(windowMs: number, resolutionMs = 1): SlidingCount {
  let times = new Float64Array(FIRST_SLOTS);
  let counts = new Uint32Array(FIRST_SLOTS);
  let first = 0;
  let slots = 0;
  let total = 0;

  const at = (index: number): number => (first + index) % times.length;

  const grow = (): void => {
    const [oldTimes, oldCounts] = [times, counts];
    times = new Float64Array(oldTimes.length * 2);
    counts = new Uint32Array(oldTimes.length * 2);
    for (let index = 0; index < slots; index++) {
      const old = (first + index) % oldTimes.length;
      times[index] = oldTimes[old] as number;
      counts[index] = oldCounts[old] as number;
    }
    first = 0;
  };

  /** Leaves behind what is too old. @returns the time that counts. */
  const moveTo = (nowMs: number): number => {
    const latest = slots === 0 ? nowMs : (times[at(slots - 1)] as number);
    if (Math.abs(nowMs - latest) >= windowMs) {
      slots = 0;
      total = 0;
    }
    const now = slots === 0 ? nowMs : Math.max(nowMs, latest);
    while (slots > 0 && (times[first] as number) <= now - windowMs) {
      total -= counts[first] as number;
      first = at(1);
      slots--;
    }
    return now;
  };

  return {
    add(nowMs) {
      const now = moveTo(Math.floor(nowMs / resolutionMs) * resolutionMs);
      if (slots === 0 || times[at(slots - 1)] !== now) {
        if (slots === times.length) grow();
        times[at(slots)] = now;
        counts[at(slots)] = 0;
        slots++;
      }
      const last = at(slots - 1);
      counts[last] = (counts[last] as number) + 1;
      total++;
    },

    count(nowMs) {
      moveTo(nowMs);
      return total;
    },

    waitMs(nowMs, limit) {
      const now = moveTo(nowMs);
      let left = total;
      let waited = 0;
      for (let index = 0; index < slots && left >= limit; index++) {
        left -= counts[at(index)] as number;
        waited = (times[at(index)] as number) + windowMs - now;
      }
      return left < limit ? waited : windowMs;
    },
  };
}
