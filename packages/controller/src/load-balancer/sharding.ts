/** Which share of the invokers takes which sort of work, 0 to 1. */
export interface Fractions {
  /** Actions of managed kinds: this share of the invokers, from the first on. */
  readonly managed: number;
  /** Actions in images of their own: this share, from the last back; at least what is not managed. */
  readonly blackbox: number;
}

export const DEFAULT_FRACTIONS: Fractions = { managed: 0.9, blackbox: 0.1 };

/** Invokers that work of one sort may go to: `from` and on, `count` of them. */
export interface Shard {
  readonly from: number;
  readonly count: number;
  /** Steps with which a walk from any start meets every one of them: see {@link stepSizes}. */
  readonly steps: readonly number[];
}

/**
 * The shards of `total` invokers; for few invokers they overlap. Source: execution reference, "Sharding algorithm".
 */
export function shardsOf(total: number, { managed, blackbox }: Fractions): { managed: Shard; blackbox: Shard } {
  const share = Math.min(1, Math.max(0, managed));
  const managedCount = total === 0 ? 0 : Math.max(1, Math.ceil(total * share));
  const rest = Math.max(1 - share, Math.min(1, blackbox));
  const blackboxCount = total === 0 ? 0 : Math.max(1, Math.floor(total * rest));
  return {
    managed: { from: 0, count: managedCount, steps: stepSizes(managedCount) },
    blackbox: { from: total - blackboxCount, count: blackboxCount, steps: stepSizes(blackboxCount) },
  };
}

/** Numbers up to `count` that share no divisor with it nor with one another, ascending. */
export function stepSizes(count: number): readonly number[] {
  const kept: number[] = [];
  for (let candidate = 1; candidate <= count; candidate++) {
    if (commonDivisor(candidate, count) === 1 && kept.every((each) => commonDivisor(each, candidate) === 1)) {
      kept.push(candidate);
    }
  }
  return kept;
}

/**
 * Where an action is at home, as the original computes it.
 * @param actionId `ns[/pkg]/name`. @returns 0 to 2^31
 */
export function homeHash(namespace: string, actionId: string): number {
  return Math.abs(javaHash(namespace) ^ javaHash(actionId));
}

/** The invokers of a shard in the order in which an action asks them, each once. */
export function* probes({ from, count, steps }: Shard, hash: number): Generator<number, undefined> {
  if (count === 0) return;
  const step = steps[hash % steps.length] ?? 1;
  for (let asked = 0, at = hash % count; asked < count; asked++, at = (at + step) % count) yield from + at;
}

/** The hash of a string in Java: 32 bits, signed, over UTF-16 units. */
function javaHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}
