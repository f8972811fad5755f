import { decodePutContents } from "../domain/entity-put.ts";
import type { JsonObject } from "../domain/json.ts";
import type { SystemLimits } from "../domain/limits.ts";
import { createTrigger, decodeTriggerRest, encodeTrigger, updateTrigger } from "../domain/trigger.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { Clock } from "../ports/clock.ts";
import type { EntityStore } from "../ports/entity-store.ts";
import { type PutEntityRequest, replaceable, requireOwn } from "./stored-entity.ts";
import type { TriggerWrites } from "./trigger-writes.ts";

export interface PutTriggerDependencies {
  readonly entities: EntityStore;
  readonly changes: ChangeFeed;
  readonly triggerWrites: TriggerWrites;
  readonly limits: SystemLimits;
  readonly clock: Clock;
}

/** Creates or updates a trigger. @returns it as the API shows it. @throws Forbidden, BadRequest, TooLarge, Conflict */
export type PutTrigger = (request: PutEntityRequest) => Promise<JsonObject>;

/** Makes {@link PutTrigger}. Feeds are the clients' to call: nothing is invoked. */
export function putTrigger({ entities, changes, triggerWrites, limits, clock }: PutTriggerDependencies): PutTrigger {
  return async ({ identity, path, body, overwrite }) => {
    const id = requireOwn(identity, path);
    const json = await body();
    const contents = decodePutContents(json, { namespaceLimits: identity.limits, system: limits });
    const mayOverwrite = overwrite();
    const put = { ...contents, ...decodeTriggerRest(json) };
    return triggerWrites.alone("trigger", id, async () => {
      const old = replaceable(await entities.get(id), "trigger", mayOverwrite);
      const now = clock.now();
      const trigger = old === undefined ? createTrigger(put, { ...path, now }) : updateTrigger(old.entity, put, now);
      const stored = await entities.put(trigger, old?.rev, "none");
      changes.publish({ kind: "entity", id });
      return encodeTrigger(stored.entity);
    });
  };
}
