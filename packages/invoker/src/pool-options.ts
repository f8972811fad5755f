import type { Clock } from "@meringue/core";
import type { CellClass } from "./cell.ts";
import type { CreateContainer } from "./container-starts.ts";

/** How a pool is to work, and what it tells. */
export interface PoolOptions {
  /** Memory that all containers together may hold, in mebibytes. */
  readonly memoryMb: number;
  /** Containers that may be started at the same time. */
  readonly parallelStarts: number;
  /** Of them, for one action that nothing is known of yet: more make each come up later. Default: no fewer. */
  readonly firstStarts?: number;
  /** Idle time after which a container is frozen, and after which it is removed; milliseconds. */
  readonly pauseGraceMs: number;
  readonly idleTimeoutMs: number;
  /** Whether stem cells are started for actions that are called at intervals that can be foreseen. Default: no. */
  readonly rewarm?: boolean;
  readonly clock: Clock;
  readonly create: CreateContainer;
  /** What went wrong where no activation could be told. */
  readonly warn: (text: string, error: unknown) => void;
  /** Called when nobody waits and containers or memory may have come free. */
  readonly onSpare?: () => void;
  /** Called when a stem cell could not be started, or ended by itself. */
  readonly onCellFailed?: (cell: CellClass) => void;
  /** How many stem cells of a class should be kept however long nobody wants them. Default: none. */
  readonly cellsToKeep?: (cell: CellClass) => number;
}
