import type { Clock } from "@meringue/core";
import type { CellClass } from "./cell.ts";
import { type IdleHistogram, idleHistogram } from "./idle-histogram.ts";
import type { Owner } from "./pooled-container.ts";

/** Learns when actions are called, and has a stem cell ready shortly before. */
export interface Rewarming {
  /** An action is called after it was idle for a while, milliseconds: whether its container was still there or not. */
  called(owner: Owner, idleMs: number): void;
  /** The last container of an owner is gone, which has been idle since then, epoch milliseconds. */
  gone(owner: Owner, cell: CellClass, idleSince: number): void;
  /** An owner has got a container again. @returns since when it was idle, epoch milliseconds, if that is known. */
  back(owner: Owner): number | undefined;
  stop(): void;
}

/** Actions that are remembered: who was idle longest is forgotten first. Each takes less than a kilobyte. */
const MAX_ACTIONS = 1_000;
/** Shorter idle times need no forecast, and are not learned, so that a busy action costs nothing. */
export const LEAST_IDLE_MS = 1_000;
/** How much earlier than forecast a stem cell is started, in milliseconds: about what one takes on a busy machine. */
const LEAD_MS = 1_000;

interface Remembered {
  readonly idle: IdleHistogram;
  /** Set while it has no container. */
  idleSince: number | undefined;
  cancel: () => void;
}

/**
 * Forecasts from the idle times of each action. A container cannot be initialized before it is called, since what it gets
 * then tells of the call; so it is a stem cell that is started, for where memory is to spare.
 * @param rewarm starts one, if there is none of the class
 */
export function rewarming(clock: Clock, rewarm: (cell: CellClass) => void): Rewarming {
  const actions = new Map<string, Remembered>();

  const remembered = (owner: Owner): Remembered => {
    const key = `${owner.namespace}|${owner.actionId}`;
    const known = actions.get(key) ?? { idle: idleHistogram(), idleSince: undefined, cancel: () => {} };
    actions.delete(key);
    actions.set(key, known); // a map keeps the order: the first is the one that was told of longest ago
    const [oldest] = actions.keys();
    if (actions.size > MAX_ACTIONS && oldest !== undefined) {
      actions.get(oldest)?.cancel();
      actions.delete(oldest);
    }
    return known;
  };

  return {
    called(owner, idleMs) {
      if (idleMs >= LEAST_IDLE_MS) remembered(owner).idle.add(idleMs);
    },
    gone(owner, cell, idleSince) {
      const action = remembered(owner);
      action.cancel();
      action.idleSince = idleSince;
      const forecast = action.idle.forecast();
      const inMs = forecast && idleSince + forecast.earliestMs - LEAD_MS - clock.now();
      if (inMs !== undefined && inMs > 0) action.cancel = clock.after(inMs, () => rewarm(cell));
    },
    back(owner) {
      const action = actions.get(`${owner.namespace}|${owner.actionId}`);
      const since = action?.idleSince;
      if (action !== undefined) {
        action.cancel();
        action.idleSince = undefined;
      }
      return since;
    },
    stop() {
      for (const { cancel } of actions.values()) cancel();
      actions.clear();
    },
  };
}
