import { type CellClass, cellKey } from "./cell.ts";
import type { ContainerTable } from "./container-table.ts";
import type { PooledContainer } from "./pooled-container.ts";

/** Whether a new container fits: now, or once what is leaving has left, or not. */
export type Room = "now" | "soon" | "none";

/**
 * Frees memory for a new container by ending idle ones: warm ones before stem cells of other classes, the longest idle
 * first, no more of them than are missing, and none unless they suffice.
 * @returns decides for a container of a class, while `claimedMb` more are promised to others.
 */
export function roomMaker(
  table: ContainerTable,
  memoryMb: number,
  evict: (pooled: PooledContainer) => void,
): (cell: CellClass, claimedMb: number) => Room {
  return (cell, claimedMb) => {
    const missingMb = table.usedMb + claimedMb + cell.memoryMb - memoryMb;
    if (missingMb <= 0) return "now";
    const toFreeMb = missingMb - table.leavingMb;
    if (toFreeMb <= 0) return "soon";
    const victims = enough(candidates(table, cellKey(cell)), toFreeMb);
    if (victims === undefined) return "none";
    for (const victim of victims) evict(victim);
    return "soon"; // what was evicted holds its memory until it is gone
  };
}

function candidates(table: ContainerTable, forCell: string): PooledContainer[] {
  const idle: PooledContainer[] = [];
  const cells: PooledContainer[] = [];
  for (const pooled of table.all()) {
    if (pooled.state === "idle" || pooled.state === "paused") idle.push(pooled);
    else if (pooled.state === "cell" && pooled.cellKey !== forCell) cells.push(pooled);
  }
  return [...idle.sort((a, b) => a.idleSince - b.idleSince), ...cells];
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
