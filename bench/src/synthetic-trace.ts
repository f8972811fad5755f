import type { Action, Call } from "./keep-alive-simulation.ts";

const MINUTE_MS = 60_000;

/** Figures from 0 to 1 that are the same for the same seed. Mulberry32. */
export function figures(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Calls of many actions for some hours, of the sorts that traces of public clouds are made of: a few that are called all
 * the time, many that are called seldom, and timers. Light ones start in 70 ms, others in 400 ms and more.
 * @param minutes how long
 */
export function syntheticTrace(seed: number, minutes: number): Call[] {
  const random = figures(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const action = (name: string): Action => ({
    name,
    memoryMb: pick([128, 256, 256, 512]),
    coldMs: pick([70, 70, 400, 900]),
    runMs: pick([5, 20, 200]),
  });
  const calls: Call[] = [];
  const until = minutes * MINUTE_MS;
  /** Calls at random, so long apart on the average. */
  const poisson = (name: string, apartMs: number): void => {
    const called = action(name);
    for (let atMs = 0; atMs < until; atMs += -Math.log(1 - random()) * apartMs) calls.push({ action: called, atMs });
  };
  const timer = (name: string, everyMs: number): void => {
    const called = action(name);
    for (let atMs = random() * everyMs; atMs < until; atMs += everyMs) {
      calls.push({ action: called, atMs: atMs + random() * 2_000 });
    }
  };
  for (let i = 0; i < 8; i++) poisson(`hot ${i}`, 10_000);
  for (let i = 0; i < 40; i++) poisson(`warm ${i}`, 2 * MINUTE_MS);
  for (let i = 0; i < 60; i++) poisson(`rare ${i}`, 20 * MINUTE_MS);
  for (let i = 0; i < 30; i++) timer(`timer ${i}`, pick([5, 15, 20, 30]) * MINUTE_MS);
  return calls.sort((a, b) => a.atMs - b.atMs);
}
