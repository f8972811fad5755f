import type { Clock } from "@meringue/core";
import { type CellClass, cellKey } from "./cell.ts";
import type { ContainerTable } from "./container-table.ts";
import type { PooledContainer } from "./pooled-container.ts";

/** Creates a container of a class. @throws ContainerStartFailed */
export type CreateContainer = (cell: CellClass, signal: AbortSignal) => Promise<PooledContainer>;

/** The containers that are being started: they hold memory, and are nobody's yet. */
export interface ContainerStarts {
  readonly underWay: number;
  /** How many of a class, by its key. */
  readonly byClass: ReadonlyMap<string, number>;
  /** Resolves when it has been handled, either way. */
  begin(cell: CellClass): Promise<void>;
  /** Gives up on what is being started. */
  abort(): void;
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
  const stop = new AbortController();
  let underWay = 0;

  const count = (key: string, change: 1 | -1): void => {
    underWay += change;
    const now = (byClass.get(key) ?? 0) + change;
    if (now === 0) byClass.delete(key);
    else byClass.set(key, now);
  };

  return {
    get underWay() {
      return underWay;
    },
    byClass,
    async begin(cell) {
      const key = cellKey(cell);
      const began = clock.now();
      const release = table.reserve(cell.memoryMb);
      count(key, 1);
      const settled = (): void => {
        count(key, -1);
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
      handlers.ready(pooled, clock.now() - began);
    },
    abort: () => stop.abort(),
  };
}
