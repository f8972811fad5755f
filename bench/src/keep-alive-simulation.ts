import { type IdleHistogram, idleHistogram } from "../../packages/invoker/src/idle-histogram.ts";
import { keepPriorities } from "../../packages/invoker/src/keep-priority.ts";

/** One call of a trace. */
export interface Call {
  readonly action: Action;
  readonly atMs: number;
}

/** What is called. */
export interface Action {
  readonly name: string;
  readonly memoryMb: number;
  /** What a cold start takes, and a run; milliseconds. */
  readonly coldMs: number;
  readonly runMs: number;
}

/** How idle containers are kept. */
export interface KeepAlive {
  /** Who goes first when memory is short: the longest idle, or the least worth. */
  readonly evict: "oldest" | "least worth";
  /** Whether a stem cell is started before calls that can be foreseen. */
  readonly rewarm: boolean;
  /** How long one is kept, in milliseconds. */
  readonly idleTimeoutMs: number;
}

export interface Outcome {
  readonly calls: number;
  /** Calls that found neither a warm container nor a stem cell started for them. */
  readonly cold: number;
  /** What their starts took together, in milliseconds. */
  readonly coldMs: number;
}

interface Container {
  readonly action: Action;
  uses: number;
  idleSince: number;
  busyUntil: number;
  priority: number;
}

/** Plays a trace, ordered by time, against a pool of so much memory. Nothing takes time but starts and runs. */
export function playTrace(trace: readonly Call[], memoryMb: number, how: KeepAlive): Outcome {
  const pool = new Set<Container>();
  const priorities = keepPriorities();
  const idle = new Map<Action, IdleHistogram>();
  const lastEnd = new Map<Action, number>();
  /** Stem cells to be started, by action. */
  const due = new Map<Action, number>();
  let [cold, coldMs] = [0, 0];

  let usedMb = 0;
  const isIdle = ({ busyUntil }: Container, now: number): boolean => busyUntil <= now;
  const remove = (container: Container): void => {
    pool.delete(container);
    usedMb -= container.action.memoryMb;
    const forecast = how.rewarm ? idle.get(container.action)?.forecast() : undefined;
    if (forecast !== undefined) due.set(container.action, container.idleSince + forecast.earliestMs - 1_000);
  };
  const expire = (now: number): void => {
    for (const each of pool) if (isIdle(each, now) && now - each.idleSince > how.idleTimeoutMs) remove(each);
  };
  const rewarm = (now: number): void => {
    for (const [action, atMs] of due) {
      if (atMs > now) continue;
      due.delete(action);
      const has = pool.values().some((each) => each.action === action);
      if (has || usedMb + action.memoryMb > memoryMb) continue;
      usedMb += action.memoryMb;
      pool.add({ action, uses: 0, idleSince: atMs, busyUntil: 0, priority: 0 });
    }
  };
  const makeRoom = (needMb: number, now: number): boolean => {
    const rank = (each: Container): number => (how.evict === "oldest" ? each.idleSince : each.priority);
    const victims = [...pool].filter((each) => isIdle(each, now)).sort((a, b) => rank(a) - rank(b));
    for (const victim of victims) {
      if (usedMb + needMb <= memoryMb) return true;
      priorities.evicted(victim.priority);
      remove(victim);
    }
    return usedMb + needMb <= memoryMb;
  };
  const learn = (action: Action, atMs: number): void => {
    const since = lastEnd.get(action);
    let histogram = idle.get(action);
    if (histogram === undefined) idle.set(action, (histogram = idleHistogram()));
    if (since !== undefined && atMs > since) histogram.add(atMs - since);
  };

  for (const { action, atMs } of trace) {
    expire(atMs);
    rewarm(atMs);
    learn(action, atMs);
    due.delete(action);
    let container = pool.values().find((each) => each.action === action && isIdle(each, atMs));
    let startMs = 0;
    if (container === undefined) {
      [cold, coldMs, startMs] = [cold + 1, coldMs + action.coldMs, action.coldMs];
      if (!makeRoom(action.memoryMb, atMs)) continue; // it waits for a run to end: its start is counted all the same
      container = { action, uses: 0, idleSince: 0, busyUntil: 0, priority: 0 };
      pool.add(container);
      usedMb += action.memoryMb;
    }
    container.uses++;
    container.busyUntil = container.idleSince = atMs + startMs + action.runMs;
    container.priority = priorities.idle({ uses: container.uses, coldMs: action.coldMs, memoryMb: action.memoryMb });
    lastEnd.set(action, container.busyUntil);
  }
  return { calls: trace.length, cold, coldMs };
}
