import { type CellClass, cellKey } from "./cell.ts";
import type { ContainerTable } from "./container-table.ts";
import type { KeepPriorities } from "./keep-priority.ts";
import type { PooledContainer } from "./pooled-container.ts";

/** Whether a new container fits: now, or once what is leaving has left, or not. */
export type Room = "now" | "soon" | "none";

/** Frees memory by ending idle containers: warm ones before stem cells, those least worth keeping first. */
export interface RoomMaker {
  /**
   * Frees what a new container of a class lacks, while `claimedMb` more are promised to others: no more than is missing,
   * and nothing unless that suffices. Stem cells of the same class stay.
   */
  makeRoom(cell: CellClass, claimedMb: number): Room;
  /** Frees so much, or all there is. @returns how much, in mebibytes. */
  evictIdle(upToMb: number): number;
}

/**
 * @param priorities hears which idle containers had to go
 * @param end is to end a container, which then counts as leaving
 */
export function roomMaker(
  table: ContainerTable,
  memoryMb: number,
  priorities: Pick<KeepPriorities, "evicted">,
  end: (pooled: PooledContainer) => void,
): RoomMaker {
  const evict = (pooled: PooledContainer): void => {
    if (pooled.owner !== undefined) priorities.evicted(pooled.keepPriority);
    end(pooled);
  };
  return {
    makeRoom(cell, claimedMb) {
      const missingMb = table.usedMb + claimedMb + cell.memoryMb - memoryMb;
      if (missingMb <= 0) return "now";
      const toFreeMb = missingMb - table.leavingMb;
      if (toFreeMb <= 0) return "soon";
      const victims = enough(candidates(table, cellKey(cell)), toFreeMb);
      if (victims === undefined) return "none";
      for (const victim of victims) evict(victim);
      return "soon"; // what was evicted holds its memory until it is gone
    },
    evictIdle(upToMb) {
      let freedMb = 0;
      for (const victim of candidates(table, undefined)) {
        if (freedMb >= upToMb) break;
        evict(victim);
        freedMb += victim.cell.memoryMb;
      }
      return freedMb;
    },
  };
}

function candidates(table: ContainerTable, forCell: string | undefined): PooledContainer[] {
  const idle: PooledContainer[] = [];
  const cells: PooledContainer[] = [];
  for (const pooled of table.all()) {
    if (pooled.state === "idle" || pooled.state === "paused") idle.push(pooled);
    else if (pooled.state === "cell" && pooled.cellKey !== forCell) cells.push(pooled);
  }
  return [...idle.sort((a, b) => a.keepPriority - b.keepPriority || a.idleSince - b.idleSince), ...cells];
}

/** The first of `list` that hold `wantedMb` together, without those that are not needed for it; undefined if all are too few. */
function enough(list: readonly PooledContainer[], wantedMb: number): PooledContainer[] | undefined {
  const taken: PooledContainer[] = [];
  let spareMb = -wantedMb;
  for (const pooled of list) {
    if (spareMb >= 0) break;
    taken.push(pooled);
    spareMb += pooled.cell.memoryMb;
  }
  if (spareMb < 0) return undefined;
  return taken.reverse().filter(({ cell }) => {
    if (cell.memoryMb > spareMb) return true;
    spareMb -= cell.memoryMb;
    return false;
  });
}
