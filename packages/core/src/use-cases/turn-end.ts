import { setImmediate } from "node:timers";

/**
 * One turn of the event loop, seen as: read whatever has come in, decide, write once, answer. Work that is put off to
 * its end is done for everything that came in during the turn, so that a hundred calls cost one write.
 */
let afterReading: (() => void)[] = [];
let afterDeciding: (() => void)[] = [];
let scheduled = false;

/** Calls back in this turn, once all that has come in was read. */
export function onceRead(callback: () => void): void {
  afterReading.push(callback);
  schedule();
}

/** Calls back in this turn, after everything that {@link onceRead} put off, and the promises that it settled. */
export function onceDecided(callback: () => void): void {
  afterDeciding.push(callback);
  schedule();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  // Two of them: between two immediates every promise goes on that can.
  setImmediate(endReading);
  setImmediate(endDeciding);
}

function endReading(): void {
  const due = afterReading;
  afterReading = [];
  for (const callback of due) callback();
}

function endDeciding(): void {
  scheduled = false;
  const due = afterDeciding;
  afterDeciding = [];
  for (const callback of due) callback();
  if (afterReading.length > 0) schedule(); // put off too late for this turn
}
