import type { Trigger } from "../domain/entity.ts";
import { Conflict } from "../domain/errors.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { EntityStore } from "../ports/entity-store.ts";
import { type OneAtATime, oneAtATime } from "./one-at-a-time.ts";
import { isOfType } from "./stored-entity.ts";

/** All that writes triggers, and rules, whose state is in their triggers. */
export interface TriggerWrites {
  /**
   * Runs work on a trigger or rule while no other such work on it runs in this process. Work on a rule may ask for that
   * on a trigger, never the other way round.
   */
  alone<T>(type: "trigger" | "rule", id: string, work: () => Promise<T>): Promise<T>;
  /**
   * Changes what a trigger says of its rules.
   * @param next is called again when another process has written the trigger meanwhile; returning the trigger that it
   * was given changes nothing.
   * @returns the trigger afterwards; undefined when there is none.
   * @throws Conflict when others were faster again and again.
   */
  change(id: string, next: (trigger: Trigger) => Trigger): Promise<Trigger | undefined>;
}

/** How often a trigger that others write to at the same time is read again. */
const MAX_ATTEMPTS = 5;

/**
 * Makes {@link TriggerWrites}; all writers of one process must share one. Within the process they take turns, so that
 * a hundred rules that are attached at once never meet; the store tells of writers in other processes.
 */
export function triggerWrites(entities: EntityStore, changes: ChangeFeed): TriggerWrites {
  const turns: OneAtATime = oneAtATime();
  const alone: TriggerWrites["alone"] = (type, id, work) => turns.run(`${type}:${id}`, work);

  async function attempt(id: string, next: (trigger: Trigger) => Trigger): Promise<Trigger | undefined> {
    const stored = await entities.get(id);
    if (!isOfType(stored, "trigger")) return undefined;
    const trigger = next(stored.entity);
    if (trigger === stored.entity) return trigger;
    const written = await entities.put(trigger, stored.rev, "none");
    changes.publish({ kind: "entity", id });
    return written.entity;
  }

  return {
    alone,
    change: (id, next) =>
      alone("trigger", id, async () => {
        for (let left = MAX_ATTEMPTS; ; ) {
          try {
            return await attempt(id, next);
          } catch (error) {
            if (!(error instanceof Conflict) || --left === 0) throw error;
          }
        }
      }),
  };
}
