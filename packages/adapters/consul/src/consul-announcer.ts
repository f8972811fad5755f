import { type Clock, Conflict, type InvokerAnnouncer, type InvokerState, systemClock } from "@meringue/core";
import { backOff } from "./back-off.ts";
import type { ConsulClient } from "./consul-client.ts";
import { type Follower, followKeys } from "./follow-keys.ts";
import type { ConsulKeys } from "./invoker-keys.ts";
import { type InvokerLease, invokerLease } from "./invoker-lease.ts";

export interface ConsulAnnouncerOptions {
  readonly client: ConsulClient;
  readonly keys: ConsulKeys;
  readonly service: string;
  /** After how long a silent invoker counts as dead, in milliseconds: it speaks three times as often. */
  readonly ttlMs: number;
  readonly clock?: Clock;
  readonly warn: (text: string, error: unknown) => void;
}

/** What an invoker says is written no more often, in milliseconds: Consul's servers agree on every word. */
const LEAST_BETWEEN_MS = 1_000;

/** An invoker's own end of Consul. Speaks for one number; what it cannot say it goes on trying to. */
export function consulAnnouncer(options: ConsulAnnouncerOptions): InvokerAnnouncer {
  const { client, keys, ttlMs, warn, clock = systemClock } = options;
  const aborted = new AbortController();
  const listeners = new Set<(drain: boolean) => void>();
  const pause = backOff(clock, aborted.signal);
  let lease: InvokerLease | undefined;
  let wishes: Follower | undefined;
  let drain: boolean | undefined;
  let state: InvokerState | undefined;
  /** What was written last. */
  let told: InvokerState | undefined;
  let saidAt = Number.NEGATIVE_INFINITY;
  let saying: Promise<void> | undefined;

  const say = async (): Promise<void> => {
    if (lease === undefined || state === undefined) return;
    const now = state;
    const held = (await lease.renew()) && (now === told || (await lease.tell(now)));
    if (!held) await lease.take(now);
    told = now;
    saidAt = clock.now();
  };
  const speak = (): Promise<void> => {
    saying = say();
    return saying;
  };
  const goOn = async (): Promise<void> => {
    const { signal } = aborted;
    while (!signal.aborted) {
      if (state === told) await rest(ttlMs / 3);
      if (state !== told) await rest(saidAt + LEAST_BETWEEN_MS - clock.now());
      if (signal.aborted) return;
      try {
        await speak();
        pause.reset();
      } catch (error) {
        told = undefined;
        warn(error instanceof Conflict ? "another process has this invoker's number" : "cannot speak to Consul", error);
        await pause.wait();
      }
    }
  };
  /** Waits so long, or until something is to be said, or it leaves. */
  const rest = (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(Math.max(0, ms), resolve);
    wakeUp = resolve;
    return promise.finally(cancel);
  };
  let wakeUp: () => void = () => undefined;

  const followWishes = (instance: number): Follower =>
    followKeys({
      client,
      clock,
      key: keys.drain(instance),
      recurse: false,
      graceMs: ttlMs,
      warn,
      onKeys(all, afterOutage) {
        const wish = all.length > 0;
        if (wish === (drain ?? false) || (!wish && afterOutage)) return afterOutage;
        drain = wish;
        for (const listener of listeners) listener(wish);
        return false;
      },
    });

  return {
    async announce(next) {
      state = next;
      if (lease !== undefined) return wakeUp();
      lease = invokerLease(next.instance, options);
      const said = speak();
      await said.catch((error: unknown) => {
        if (error instanceof Conflict) lease = undefined;
      });
      if (lease !== undefined) {
        wishes = followWishes(next.instance);
        void goOn();
      }
      await said;
    },
    onDrainWish(listener) {
      listeners.add(listener);
      if (drain === true) listener(true);
      return () => listeners.delete(listener);
    },
    async leave() {
      if (aborted.signal.aborted) return;
      aborted.abort();
      wakeUp();
      wishes?.stop();
      await saying?.catch(() => undefined); // whoever spoke has heard of it
      await lease?.giveBack();
    },
  };
}
