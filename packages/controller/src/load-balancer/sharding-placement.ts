import type { InvokerInfo } from "@meringue/core";
import { type InvokerSlots, invokerSlots } from "./invoker-slots.ts";
import type { Placed, Placement } from "./placement.ts";
import { DEFAULT_FRACTIONS, type Fractions, shardsOf } from "./sharding.ts";

export interface ShardingOptions {
  readonly fractions?: Fractions;
  /** Least memory of an action in MB: no controller's share of an invoker is less. */
  readonly minMemoryMb?: number;
  /** 0 to 1, 1 excluded: where overload goes. */
  readonly random?: () => number;
}

const MIN_MEMORY_MB = 128;

/**
 * The original's choices: from the home of the action on, in its steps, the first healthy invoker whose books have room,
 * and at random over its books when none has. Knows nothing of containers. It is here to be measured against, and to
 * pin down what a cluster with the original's controllers expects.
 */
export function shardingPlacement({
  fractions = DEFAULT_FRACTIONS,
  minMemoryMb = MIN_MEMORY_MB,
  random = Math.random,
}: ShardingOptions = {}): Placement {
  const books: InvokerSlots[] = [];
  let invokers: readonly InvokerInfo[] = [];
  let shards = shardsOf(0, fractions);
  let controllers = 1;
  const booksOf = (instance: number): InvokerSlots => (books[instance] ??= invokerSlots());
  const shareMb = ({ userMemoryMb }: InvokerInfo): number =>
    Math.max(minMemoryMb, Math.floor(userMemoryMb / controllers));
  const isHealthy = (instance: number): boolean => invokers[instance]?.health === "healthy";

  return {
    update(known, count) {
      if (known.length !== invokers.length) shards = shardsOf(known.length, fractions);
      invokers = known;
      controllers = count;
    },
    place(request) {
      const { from, count, steps } = request.blackbox ? shards.blackbox : shards.managed;
      const chosen = (instance: number, forced: boolean): Placed => {
        booksOf(instance).take(request);
        return { instance, forced, warm: false };
      };
      const step = steps[request.hash % steps.length] ?? 1;
      // as often as the original asks, which is twice more than there are
      for (let asked = 0, at = request.hash % count; asked < count + 2; asked++, at = (at + step) % count) {
        const info = invokers[from + at];
        if (info === undefined || info.health !== "healthy") continue;
        const slots = booksOf(info.instance);
        const fits = slots.hasPlace(request.key) || slots.bookedMb + request.memoryMb <= shareMb(info);
        if (fits) return chosen(info.instance, false);
      }
      const healthy = Array.from({ length: count }, (_, at) => from + at).filter(isHealthy);
      const any = healthy[Math.floor(random() * healthy.length)];
      return any === undefined ? "none" : chosen(any, true);
    },
    release: (request, { instance }) => void booksOf(instance).release(request),
    bookedMb: (instance) => books[instance]?.bookedMb ?? 0,
  };
}
