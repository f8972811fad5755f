import { type Clock, type InvokerRegistry, invokerBook, systemClock } from "@meringue/core";
import type { ConsulClient } from "./consul-client.ts";
import { followKeys } from "./follow-keys.ts";
import { type ConsulKey, type ConsulKeys, readState } from "./invoker-keys.ts";

export interface ConsulRegistryOptions {
  readonly client: ConsulClient;
  readonly keys: ConsulKeys;
  readonly clock?: Clock;
  /** How long invokers may take to come back after Consul itself was away, in milliseconds. */
  readonly graceMs: number;
  readonly warn: (text: string, error: unknown) => void;
}

/**
 * The invokers that hold their key in Consul's store. While Consul is away what was known stays: invokers are reached by
 * another way, and may be well.
 */
export function consulRegistry(options: ConsulRegistryOptions): InvokerRegistry {
  const { client, keys, graceMs, warn, clock = systemClock } = options;
  const book = invokerBook({ clock, trusted: true, silenceMs: Number.POSITIVE_INFINITY });
  /** What each said last. Not when: a Consul that has forgotten all begins to count anew. */
  const seen = new Map<number, string>();

  const tell = ({ key, value }: ConsulKey): number | undefined => {
    const instance = keys.instanceOf(key);
    if (instance === undefined || seen.get(instance) === value) return instance;
    const state = readState(instance, value);
    if (state === undefined) warn(`cannot read what ${key} says in Consul`, new Error(value.slice(0, 200)));
    else {
      seen.set(instance, value);
      book.heard(state);
    }
    return instance;
  };

  const follower = followKeys({
    client,
    clock,
    key: keys.invokers,
    recurse: true,
    graceMs,
    warn,
    onKeys(all, afterOutage) {
      const there = new Set(all.filter(({ session }) => session !== undefined).map(tell));
      const missing = [...seen.keys()].filter((instance) => !there.has(instance));
      if (afterOutage && missing.length > 0) return true;
      for (const instance of missing) {
        seen.delete(instance);
        book.gone(instance);
      }
      return false;
    },
  });
  return {
    watch: book.watch,
    report: book.report,
    async close() {
      follower.stop();
      book.close();
    },
  };
}
