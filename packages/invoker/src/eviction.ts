import { type CellClass, cellKey } from "./cell.ts";
import type { ContainerTable } from "./container-table.ts";
import type { PooledContainer } from "./pooled-container.ts";

/**
 * Frees memory for a new container by ending idle ones: warm ones before stem cells of other classes, the longest idle
 * first, no more of them than are missing, and none unless they suffice.
 * @returns whether there is room now; if not but enough is leaving, try again when it has left.
 */
export function roomMaker(
  table: ContainerTable,
  memoryMb: number,
  evict: (pooled: PooledContainer) => void,
): (cell: CellClass) => boolean {
  return (cell) => {
    const missingMb = table.usedMb + cell.memoryMb - memoryMb;
    if (missingMb <= 0) return true;
    let stillMissingMb = missingMb - table.leavingMb;
    const victims: PooledContainer[] = [];
    for (const candidate of candidates(table, cellKey(cell))) {
      if (stillMissingMb <= 0) break;
      victims.push(candidate);
      stillMissingMb -= candidate.cell.memoryMb;
    }
    if (stillMissingMb <= 0) for (const victim of victims) evict(victim);
    return false; // what was evicted holds its memory until it is gone
  };
}

function candidates(table: ContainerTable, forCell: string): PooledContainer[] {
  const idle = [...table.all()].filter((p) => p.state === "idle" || p.state === "paused");
  const cells = [...table.all()].filter((p) => p.state === "cell" && cellKey(p.cell) !== forCell);
  return [...idle.sort((a, b) => a.idleSince - b.idleSince), ...cells];
}
