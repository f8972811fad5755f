import type { Clock } from "@meringue/core";
import type { CellClass } from "./cell.ts";
import type { ContainerStarts } from "./container-starts.ts";
import type { ContainerTable } from "./container-table.ts";
import { demand } from "./demand.ts";
import { earmarks } from "./earmarks.ts";
import type { Room } from "./eviction.ts";
import { type FairTurns, fairTurns, type Shares, whoseTurn } from "./fair-share.ts";
import { holdings } from "./holdings.ts";
import type { Job } from "./job.ts";
import type { Pace } from "./pace.ts";
import type { PooledContainer } from "./pooled-container.ts";
import type { OwnerQueue, WaitingJobs } from "./waiting-jobs.ts";

/** A container that others wait for works for so many times its cold start first: else all would only start. */
const RESIDENCE = 4;
const MAX_RESIDENCE_MS = 2_000;

/** What placing does to the pool. */
export interface PlacementEffects {
  makeRoom(cell: CellClass, claimedMb: number): Room;
  /** Ends idle containers of up to so much memory. @returns how much that is, in mebibytes. */
  evictIdle(upToMb: number): number;
  start(cell: CellClass, namespace: string): void;
  assign(pooled: PooledContainer, job: Job): void;
  runIn(pooled: PooledContainer, job: Job): void;
}

/** Decides which of those who wait get what there is. */
export interface Placement {
  /**
   * Whether a container one of whose activations has ended is to be ended, since somebody else is entitled to its memory,
   * however many others of its owner wait. Then that memory is kept for him.
   */
  yields(pooled: PooledContainer): boolean;
  /** A container of this owner is about to be ended. */
  released(ownerKey: string): void;
  /**
   * Gives containers to who waits, then starts what memory and the cap allow; all in fair turns.
   * @returns when to do so again even if nothing happens, in milliseconds; undefined if there is no need.
   */
  place(): number | undefined;
}

/** What has been promised so far in one round. */
interface Round {
  /** Containers being started, by class, that no queue has counted on yet. */
  readonly underWay: Map<string, number>;
  /** How many of them a queue has counted on or caused. */
  readonly counted: Map<OwnerQueue, number>;
  /** Whether there may be a stem cell to give. */
  readonly hasCells: boolean;
  /** Memory that is about to come free and is promised, and how many starts that makes. */
  claimedMb: number;
  claims: number;
  /** The least that no room could be made for: who needs as much need not ask again. */
  tooMuchMb: number;
  readonly now: number;
  /** When to look again, in milliseconds. */
  againInMs: number;
}

/** What came of a queue's turn: a container, now or soon; or nothing, for want of memory or because it wants nothing. */
type Turn = "served" | "lacks memory" | "done";

export interface PlacementOptions {
  /** Memory that all containers together may hold, in mebibytes. */
  readonly memoryMb: number;
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
  { memoryMb, parallelStarts, firstStarts, clock, pace }: PlacementOptions,
  effects: PlacementEffects,
): Placement {
  /** Queues that wanted a container when last looked at, for which there was no memory. */
  let lacking: OwnerQueue[] = [];
  /** Owners for whose next containers others have been ended, which still hold their memory: it is for nobody else. */
  let promised: string[] = [];
  let promisedMb = 0;
  const kept = earmarks();
  /** Who has less than he wants kept for him. */
  let collecting: string | undefined;

  /** When owners that wait last gave a container up; epoch milliseconds. */
  const served = new Map<string, number>();

  const shares = (now: number): Shares => ({
    held: holdings(table),
    earmarkedMb: kept.of,
    servedAt: (ownerKey) => served.get(ownerKey) ?? 0,
    memoryMb,
    now,
  });

  const wantedBy = (queue: OwnerQueue, round: Round): number => {
    if (queue.jobs.length === 0) return 0;
    const { wanted, againInMs } = demand(table, pace, queue, round.now, firstStarts);
    if (againInMs !== undefined) round.againInMs = Math.min(round.againInMs, againInMs);
    return wanted - (round.counted.get(queue) ?? 0);
  };

  const giveWarm = ({ ownerKey }: OwnerQueue): void => {
    for (let warm = table.withRoom(ownerKey); warm !== undefined; warm = table.withRoom(ownerKey)) {
      const job = waiting.takeFor(ownerKey);
      if (job === undefined) return;
      effects.runIn(warm, job);
    }
  };

  const giveCell = ({ ownerKey, cellKey }: OwnerQueue): boolean => {
    const [cell] = table.cells(cellKey);
    const job = cell && waiting.takeFor(ownerKey);
    if (cell === undefined || job === undefined) return false;
    effects.assign(cell, job);
    return true;
  };

  /** Memory that nobody has, but what is claimed. */
  const spareMb = (claimedMb: number): number => memoryMb - table.usedMb + table.leavingMb - claimedMb;

  const promise = ({ ownerKey, head }: OwnerQueue, round: Round): void => {
    promised.push(ownerKey);
    round.claims++;
    round.claimedMb += head.cell.memoryMb;
  };

  /** Starts what was promised and has room by now. A promise to who does not need it any more is void. */
  const keepPromises = (queues: readonly OwnerQueue[], round: Round): void => {
    if (promised.length === 0) return;
    const before = promised;
    promised = [];
    const byOwner = new Map(queues.map((queue) => [queue.ownerKey, queue]));
    for (const ownerKey of before) {
      const queue = byOwner.get(ownerKey);
      if (queue === undefined || wantedBy(queue, round) <= 0) continue;
      const room = effects.makeRoom(queue.head.cell, round.claimedMb + kept.totalMb);
      if (room === "none") continue;
      if (room === "now") effects.start(queue.head.cell, queue.head.owner.namespace);
      else promise(queue, round);
      round.counted.set(queue, (round.counted.get(queue) ?? 0) + 1);
    }
  };

  const start = (queue: OwnerQueue, round: Round): Turn => {
    const { cell, owner } = queue.head;
    const own = kept.of(queue.ownerKey);
    const tooMuch = own === 0 && cell.memoryMb >= round.tooMuchMb;
    const room = tooMuch ? "none" : effects.makeRoom(cell, round.claimedMb + kept.totalMb - own);
    if (room === "none") {
      if (own === 0) round.tooMuchMb = Math.min(round.tooMuchMb, cell.memoryMb);
      return "lacks memory";
    }
    kept.drop(queue.ownerKey);
    if (room === "now") effects.start(cell, owner.namespace);
    else promise(queue, round);
    return "served";
  };

  const turnOf = (queue: OwnerQueue, round: Round): Turn => {
    if (wantedBy(queue, round) <= 0) {
      if (!round.counted.has(queue)) kept.drop(queue.ownerKey);
      return "done";
    }
    let turn: Turn = "served";
    if (!countOn(round.underWay, queue.cellKey)) {
      if (starts.counted(queue.head.owner.namespace) + round.claims >= parallelStarts) return "done";
      turn = start(queue, round);
    }
    if (turn === "served") round.counted.set(queue, (round.counted.get(queue) ?? 0) + 1);
    return turn;
  };

  /**
   * Keeps for a queue what is about to come free, and whatever else there is. Who wants more collects it bit by bit, one
   * at a time: two that have half each would both wait for ever. So who comes first takes over what another has collected.
   */
  const keepFor = ({ ownerKey, head }: OwnerQueue, freedMb: number): void => {
    const needMb = head.cell.memoryMb;
    const spare = (): number => Math.max(0, spareMb(promisedMb + kept.totalMb));
    if (kept.of(ownerKey) + freedMb + spare() < needMb && collecting !== ownerKey) {
      if (collecting !== undefined && kept.isPart(collecting)) kept.drop(collecting);
      collecting = ownerKey;
    }
    kept.add(ownerKey, freedMb + spare(), needMb);
    const missingMb = needMb - kept.of(ownerKey);
    if (missingMb > 0) kept.add(ownerKey, effects.evictIdle(missingMb), needMb);
  };

  /** Who has all that he wants kept for him takes it before others have their turns. */
  const useEarmarks = (queues: readonly OwnerQueue[], round: Round): void => {
    if (kept.totalMb === 0) return;
    for (const queue of queues) {
      if (kept.of(queue.ownerKey) >= queue.head.cell.memoryMb) turnOf(queue, round);
    }
  };

  /** Before anybody makes room for others: what was started for somebody would be the first to go. */
  const giveCells = (queues: readonly OwnerQueue[], round: Round): void => {
    if (!round.hasCells) return;
    const served = queues.filter(({ cellKey }) => table.cells(cellKey).length > 0);
    const turns = fairTurns(served, shares(round.now));
    for (let queue = turns.next(); queue !== undefined; queue = turns.next()) {
      if (wantedBy(queue, round) > 0 && giveCell(queue)) turns.took(queue.head.cell.memoryMb);
    }
  };

  const newRound = (): Round => ({
    underWay: new Map(starts.byClass),
    counted: new Map(),
    hasCells: table.all().some(({ state }) => state === "cell"),
    claimedMb: 0,
    claims: 0,
    tooMuchMb: Number.POSITIVE_INFINITY,
    now: clock.now(),
    againInMs: starts.slowInMs ?? Number.POSITIVE_INFINITY,
  });

  const takeTurns = (turns: FairTurns, round: Round): void => {
    for (let queue = turns.next(); queue !== undefined; queue = turns.next()) {
      const turn = turnOf(queue, round);
      if (turn === "served") turns.took(queue.head.cell.memoryMb);
      if (turn !== "lacks memory") continue;
      lacking.push(queue);
      // what others of its namespace took would be held against it
      if (kept.of(queue.ownerKey) > 0) turns.passNamespace();
    }
  };

  return {
    released(ownerKey) {
      if (waiting.has(ownerKey)) served.set(ownerKey, clock.now());
    },
    yields(pooled) {
      if (lacking.length === 0 || pooled.owner === undefined) return false;
      const now = clock.now();
      const isWanted = waiting.has(pooled.owner.key);
      if (isWanted && now - pooled.ownedSince < residenceMs(pace.startMs(pooled.cellKey))) return false;
      const taker = whoseTurn(pooled, lacking, shares(now));
      if (taker === undefined) return false;
      keepFor(taker, pooled.cell.memoryMb);
      return true;
    },
    place() {
      lacking = [];
      const queues = waiting.queues();
      for (const queue of queues) giveWarm(queue);
      const left = queues.filter(({ jobs }) => jobs.length > 0);
      kept.keepOnly(left);
      for (const ownerKey of served.keys()) if (!waiting.has(ownerKey)) served.delete(ownerKey);
      if (left.length === 0) {
        [promised, promisedMb] = [[], 0];
        return undefined;
      }
      const round = newRound();
      giveCells(left, round);
      keepPromises(left, round);
      kept.trim(spareMb(round.claimedMb) + drainingMb(table));
      useEarmarks(left, round);
      takeTurns(fairTurns(left, shares(round.now)), round);
      if (kept.totalMb > 0 && starts.underWay === 0 && isStill(table)) {
        kept.keepOnly([]); // nothing is left that could come free for those
        takeTurns(fairTurns(left, shares(round.now)), round);
      }
      promisedMb = round.claimedMb;
      return Number.isFinite(round.againInMs) ? round.againInMs : undefined;
    },
  };
}

/** Memory of containers that take no more activations, and end with the last that they have. */
function drainingMb(table: ContainerTable): number {
  let sum = 0;
  for (const { state, cell } of table.all()) if (state === "draining") sum += cell.memoryMb;
  return sum;
}

/** Whether nothing in it works, or is on its way to another state. */
function isStill(table: ContainerTable): boolean {
  return table.all().every(({ state }) => state === "idle" || state === "paused" || state === "cell");
}

function residenceMs(startMs: number): number {
  return Math.min(MAX_RESIDENCE_MS, RESIDENCE * startMs);
}

/** Counts on a container that is being started anyway. @returns whether there is one. */
function countOn(underWay: Map<string, number>, key: string): boolean {
  const there = underWay.get(key) ?? 0;
  if (there > 0) underWay.set(key, there - 1);
  return there > 0;
}
