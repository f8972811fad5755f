import type { Clock } from "@meringue/core";
import { backOff } from "./back-off.ts";
import type { ConsulClient } from "./consul-client.ts";
import { type ConsulKey, keyPath, readKeys } from "./invoker-keys.ts";

/** How long Consul may wait for a change before it answers that there is none, in milliseconds. */
const WAIT_MS = 30_000;
/** What Consul adds to that, at most, and some time to send. */
const WAIT_MARGIN_MS = 10_000;
/** How often it is asked at most, in milliseconds: each answer tells of all keys, and where there are many one changes all the time. */
const LEAST_BETWEEN_MS = 250;
/** How soon it is asked again while it is not trusted to know all, in milliseconds. */
const IMPATIENT_MS = 1_000;

export interface FollowOptions {
  readonly client: ConsulClient;
  readonly clock: Clock;
  /** All keys that begin so, or the one key of that name. */
  readonly key: string;
  readonly recurse: boolean;
  /**
   * Is told all keys whenever one changed. @param afterOutage true: Consul was away until lately, and may have forgotten what
   * is not back yet. @returns whether to look again before long.
   */
  onKeys(keys: readonly ConsulKey[], afterOutage: boolean): boolean;
  /** How long after an outage what is missing may still come back, in milliseconds. */
  readonly graceMs: number;
  readonly warn: (text: string, error: unknown) => void;
}

/** Follows keys of Consul's store by queries that wait for a change. */
export interface Follower {
  /** Resolves when Consul has answered for the first time; never rejects. */
  readonly first: Promise<void>;
  stop(): void;
}

export function followKeys(options: FollowOptions): Follower {
  const { client, clock, key, recurse, graceMs, warn } = options;
  const { promise: first, resolve } = Promise.withResolvers<void>();
  const aborted = new AbortController();
  const { signal } = aborted;
  const pause = backOff(clock, signal);

  const ask = async (index: number, waitMs: number): Promise<{ keys: readonly ConsulKey[]; index: number }> => {
    const query = { ...(recurse ? { recurse: "true" } : {}), ...(index > 0 ? { index, wait: `${waitMs}ms` } : {}) };
    const silenceMs = waitMs + waitMs / 16 + WAIT_MARGIN_MS;
    const answer = await client.call({ method: "GET", path: keyPath(key), query, also: [404], silenceMs, signal });
    return { keys: answer.status === 404 ? [] : readKeys(answer.json), index: answer.index };
  };
  const follow = async (): Promise<void> => {
    let index = 0;
    let graceUntilMs = Number.NEGATIVE_INFINITY;
    let impatient = false;
    while (!signal.aborted) {
      try {
        const askedAt = clock.now();
        const answer = await ask(index, impatient ? IMPATIENT_MS : WAIT_MS);
        // an index that goes back is of another life of Consul: what was known before does not count
        index = answer.index < index ? 0 : answer.index;
        if (pause.reset()) graceUntilMs = clock.now() + graceMs;
        impatient = options.onKeys(answer.keys, clock.now() < graceUntilMs);
        resolve();
        await pause.rest(askedAt + LEAST_BETWEEN_MS - clock.now());
      } catch (error) {
        if (signal.aborted) return;
        index = 0;
        warn(`cannot follow ${key} in Consul`, error);
        await pause.wait();
      }
    }
  };
  void follow();
  return {
    first,
    stop() {
      aborted.abort();
      resolve();
    },
  };
}
