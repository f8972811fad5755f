import type { Clock } from "@meringue/core";
import type { CellClass } from "./cell.ts";
import type { ContainerStarts } from "./container-starts.ts";
import type { ContainerTable } from "./container-table.ts";
import { demand } from "./demand.ts";
import type { Room } from "./eviction.ts";
import type { Job } from "./job.ts";
import type { Pace } from "./pace.ts";
import type { PooledContainer } from "./pooled-container.ts";
import type { OwnerQueue, WaitingJobs } from "./waiting-jobs.ts";

/** How long an owner may be without any container while others get theirs, in milliseconds. */
const STARVING_MS = 2_000;

/** What placing does to the pool. */
export interface PlacementEffects {
  makeRoom(cell: CellClass, claimedMb: number): Room;
  start(cell: CellClass): void;
  assign(pooled: PooledContainer, job: Job): void;
  runIn(pooled: PooledContainer, job: Job): void;
}

/** Decides which of those who wait get what there is. */
export interface Placement {
  /**
   * Whether somebody has waited too long without any container: what comes free is to become idle, so that it can make
   * room, however many others wait for it.
   */
  readonly reserved: boolean;
  /**
   * Gives warm containers and stem cells to who waits, the oldest first, then starts what memory and the cap allow.
   * @returns when to do so again even if nothing happens, in milliseconds; undefined if there is no need.
   */
  place(): number | undefined;
}

/** What has been promised so far in one round. */
interface Round {
  /** Containers being started, by class, that no queue has counted on yet. */
  readonly underWay: Map<string, number>;
  /** Whether there may be a stem cell to give. */
  readonly hasCells: boolean;
  /** Memory that is about to come free and is spoken for, and how many starts that makes. */
  claimedMb: number;
  claims: number;
  /** The least that no room could be made for: who needs as much need not ask again. */
  tooMuchMb: number;
  readonly now: number;
  /** When to look again, in milliseconds. */
  againInMs: number;
}

export interface PlacementOptions {
  /** Containers that may be started at the same time. */
  readonly parallelStarts: number;
  /** See `PoolOptions`. */
  readonly firstStarts?: number;
  readonly clock: Clock;
  readonly pace: Pace;
}

/** Nothing placed yet. */
export function placement(
  table: ContainerTable,
  waiting: WaitingJobs,
  starts: ContainerStarts,
  { parallelStarts, firstStarts, clock, pace }: PlacementOptions,
  effects: PlacementEffects,
): Placement {
  let reserved = false;

  const isStarving = ({ ownerKey, head }: OwnerQueue, now: number): boolean =>
    now - head.since > STARVING_MS && table.count(ownerKey) === 0;

  const wantedBy = (queue: OwnerQueue, round: Round): number => {
    if (queue.jobs.length === 0) return 0;
    const { wanted, againInMs } = demand(table, pace, queue, round.now, firstStarts);
    if (againInMs !== undefined) round.againInMs = Math.min(round.againInMs, againInMs);
    return wanted;
  };

  const giveReady = (queue: OwnerQueue, round: Round): void => {
    const { ownerKey, cellKey } = queue;
    for (let warm = table.withRoom(ownerKey); warm !== undefined; warm = table.withRoom(ownerKey)) {
      const job = waiting.takeFor(ownerKey);
      if (job === undefined) return;
      effects.runIn(warm, job);
    }
    for (const cell of round.hasCells ? table.cells(cellKey) : []) {
      const job = wantedBy(queue, round) > 0 ? waiting.takeFor(ownerKey) : undefined;
      if (job === undefined) return;
      effects.assign(cell, job);
    }
  };

  /** @returns whether memory is not what it lacks. */
  const serve = (queue: OwnerQueue, round: Round): boolean => {
    const { cell } = queue.head;
    giveReady(queue, round);
    let wanted = wantedBy(queue, round);
    wanted -= countOn(round.underWay, queue.cellKey, wanted);
    for (; wanted > 0 && starts.underWay + round.claims < parallelStarts; wanted--) {
      const room = cell.memoryMb >= round.tooMuchMb ? "none" : effects.makeRoom(cell, round.claimedMb);
      if (room === "none") {
        round.tooMuchMb = Math.min(round.tooMuchMb, cell.memoryMb);
        return false;
      }
      if (room === "now") effects.start(cell);
      else {
        round.claims++;
        round.claimedMb += cell.memoryMb;
      }
    }
    return true;
  };

  const newRound = (): Round => ({
    underWay: new Map(starts.byClass),
    hasCells: table.all().some(({ state }) => state === "cell"),
    claimedMb: 0,
    claims: 0,
    tooMuchMb: Number.POSITIVE_INFINITY,
    now: clock.now(),
    againInMs: Number.POSITIVE_INFINITY,
  });

  return {
    get reserved() {
      return reserved;
    },
    place() {
      reserved = false;
      if (waiting.size === 0) return undefined;
      const round = newRound();
      const { starving = [], others = [] } = Object.groupBy(waiting.byAge(), (queue) =>
        isStarving(queue, round.now) ? "starving" : "others",
      );
      reserved = starving.some((queue) => !serve(queue, round));
      if (reserved) return undefined; // what comes free next is for that one
      for (const queue of others) serve(queue, round);
      return Number.isFinite(round.againInMs) ? round.againInMs : undefined;
    },
  };
}

/** Counts on up to `wanted` containers that are being started anyway. @returns how many. */
function countOn(underWay: Map<string, number>, key: string, wanted: number): number {
  const there = underWay.get(key) ?? 0;
  const counted = Math.max(0, Math.min(wanted, there));
  if (counted > 0) underWay.set(key, there - counted);
  return counted;
}
