/** Numbers from 0 to 1, 1 excluded, that are the same whenever the seed is. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0; // mulberry32
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Picks 0 to `count` - 1 by Zipf's law: the n-th as often as the first, divided by n. */
export function zipf(count: number, random: () => number): () => number {
  const shares = new Float64Array(count);
  let sum = 0;
  for (let at = 0; at < count; at++) shares[at] = sum += 1 / (at + 1);
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shares[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
