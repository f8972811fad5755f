import type { Clock } from "@meringue/core";
import { type CellClass, cellKey } from "./cell.ts";
import type { ContainerTable } from "./container-table.ts";
import type { PooledContainer } from "./pooled-container.ts";

/** Creates a container of a class. @throws ContainerStartFailed */
export type CreateContainer = (cell: CellClass, signal: AbortSignal) => Promise<PooledContainer>;

/** A start that takes longer waits for something that is not the processor, such as a pull; milliseconds. */
export const SLOW_START_MS = 2_000;

/** The containers that are being started: they hold memory, and are nobody's yet. */
export interface ContainerStarts {
  readonly underWay: number;
  /** How many of a class, by its key. */
  readonly byClass: ReadonlyMap<string, number>;
  /**
   * How many count for who wants one more: all but the slow ones of others. So nobody's slow images keep others from
   * starting, nor do they let their own namespace start ever more.
   */
  counted(namespace: string): number;
  /** In how many milliseconds the next of them becomes slow; undefined when none will. */
  readonly slowInMs: number | undefined;
  /** @param namespace on whose behalf. @returns resolves when it has been handled, either way. */
  begin(cell: CellClass, namespace: string | undefined): Promise<void>;
  /** Gives up on what is being started. */
  abort(): void;
}

interface Start {
  readonly namespace: string | undefined;
  readonly began: number;
}

/** @param handlers what to do with a container that was started, and with a class where that failed. */
export function containerStarts(
  table: ContainerTable,
  create: CreateContainer,
  handlers: {
    /** @param tookMs how long its creation took, in milliseconds */
    ready(pooled: PooledContainer, tookMs: number): void;
    failed(cell: CellClass, error: unknown): void;
  },
  clock: Clock,
): ContainerStarts {
  const byClass = new Map<string, number>();
  /** In the order in which they began. */
  const underWay = new Set<Start>();
  const stop = new AbortController();

  const count = (key: string, change: 1 | -1): void => {
    const now = (byClass.get(key) ?? 0) + change;
    if (now === 0) byClass.delete(key);
    else byClass.set(key, now);
  };

  return {
    get underWay() {
      return underWay.size;
    },
    byClass,
    counted(of) {
      const now = clock.now();
      let counted = 0;
      for (const { namespace, began } of underWay) {
        if (namespace === of || now - began < SLOW_START_MS) counted++;
      }
      return counted;
    },
    get slowInMs() {
      const now = clock.now();
      for (const { began } of underWay) if (now - began < SLOW_START_MS) return SLOW_START_MS - (now - began);
      return undefined;
    },
    async begin(cell, namespace) {
      const key = cellKey(cell);
      const start = { namespace, began: clock.now() };
      const release = table.reserve(cell.memoryMb);
      count(key, 1);
      underWay.add(start);
      const settled = (): void => {
        count(key, -1);
        underWay.delete(start);
        release();
      };
      let pooled: PooledContainer;
      try {
        pooled = await create(cell, stop.signal);
      } catch (error) {
        settled();
        return handlers.failed(cell, error);
      }
      settled();
      handlers.ready(pooled, clock.now() - start.began);
    },
    abort: () => stop.abort(),
  };
}
