import { readdirSync } from "node:fs";
import { MARK } from "./plain.ts";
import { readProc, signal } from "./process-tree.ts";

/**
 * Kills processes without a sandbox by the mark in their environment, wherever they have gone.
 * @param isMeant told the mark
 * @returns the marks of those that were found, once each
 */
export function killMarked(isMeant: (mark: string) => boolean): Set<string> {
  const found = new Set<string>();
  if (process.platform !== "linux") return found;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const mark = (readProc(`/proc/${pid}/environ`) ?? "")
      .split("\0")
      .find((entry) => entry.startsWith(`${MARK}=`))
      ?.slice(MARK.length + 1);
    if (mark === undefined || !isMeant(mark)) continue;
    found.add(mark);
    signal(Number(pid), "SIGKILL");
  }
  return found;
}
