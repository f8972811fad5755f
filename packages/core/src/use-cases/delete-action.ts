import { encodeAction } from "../domain/action.ts";
import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { EntityStore } from "../ports/entity-store.ts";
import { requireAction } from "./action-catalogue.ts";
import { type ActionPath, actionPathText } from "./entitlement.ts";
import { codeText } from "./get-action.ts";
import { requireWritable } from "./require-writable.ts";

/** Deletes an action and returns what it was, with its code. @throws Forbidden, NotFound, Conflict, BadRequest */
export type DeleteAction = (identity: Identity, path: ActionPath) => Promise<JsonObject>;

/** Makes {@link DeleteAction}. Sequences and rules that refer to the action are left as they are. */
export function deleteAction(entities: EntityStore, changes: ChangeFeed): DeleteAction {
  return async (identity, path) => {
    await requireWritable(entities, identity, path);
    const stored = requireAction(await entities.get(actionPathText(path)));
    const code = await codeText(entities, stored);
    await entities.delete(stored.id, stored.rev);
    changes.publish({ kind: "entity", id: stored.id });
    return encodeAction(stored.entity, { code });
  };
}
