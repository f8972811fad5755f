import {
  type Clock,
  Conflict,
  type InvokerAnnouncer,
  type InvokerInfo,
  type InvokerOperations,
  type InvokerRegistry,
  type InvokerState,
  invokerBook,
  NotFound,
} from "@meringue/core";

/** A place where invokers of this process tell of themselves. */
export interface MemoryRegistryHub extends InvokerOperations {
  registry(): InvokerRegistry;
  announcer(): MemoryAnnouncer;
}

export interface MemoryAnnouncer extends InvokerAnnouncer {
  /** Falls silent, as a process does that is killed. */
  crash(): void;
}

const PING_MS = 1_000;

/** A hub whose invokers are heard every second of the clock. Who falls silent is offline after ten. */
export function memoryInvokerRegistry(clock: Clock): MemoryRegistryHub {
  const book = invokerBook({ clock, trusted: true });
  const living = new Map<number, { wish(drain: boolean): void }>();
  let known: readonly InvokerInfo[] = [];
  book.watch((invokers) => {
    known = invokers;
  });

  const announcer = (): MemoryAnnouncer => {
    const listeners = new Set<(drain: boolean) => void>();
    const self = {
      wish: (drain: boolean): void => {
        for (const listener of listeners) listener(drain);
      },
    };
    let state: InvokerState | undefined;
    let stop: (() => void) | undefined;
    const ping = (): void => {
      if (state === undefined) return;
      book.heard(state);
      stop = clock.after(PING_MS, ping);
    };
    const end = (): number | undefined => {
      stop?.();
      const instance = state?.instance;
      state = undefined;
      if (instance !== undefined) living.delete(instance);
      return instance;
    };
    return {
      async announce(next) {
        const owner = living.get(next.instance);
        if (owner !== undefined && owner !== self) throw new Conflict();
        living.set(next.instance, self);
        state = next;
        stop?.();
        ping();
      },
      onDrainWish(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      async leave() {
        const instance = end();
        if (instance !== undefined) book.gone(instance);
      },
      crash: () => void end(),
    };
  };

  return {
    registry: () => ({ watch: book.watch, report: book.report, close: async () => undefined }),
    announcer,
    list: async () => known,
    async drain(instance, drain) {
      const invoker = living.get(instance);
      if (invoker === undefined) throw new NotFound();
      invoker.wish(drain);
    },
  };
}
