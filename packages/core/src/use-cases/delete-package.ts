import { entityId, type Package } from "../domain/entity.ts";
import { Conflict, NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import { messages } from "../domain/messages.ts";
import { encodePackage } from "../domain/package.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { EntityQuery, EntityStore, StoredEntity } from "../ports/entity-store.ts";
import { type EntityPath, requireOwn, requireType } from "./stored-entity.ts";

export interface DeletePackageRequest {
  readonly identity: Identity;
  readonly path: EntityPath;
  /** Whether what is in the package goes with it. Read once it is clear that the caller may delete it. */
  readonly force: () => boolean;
}

/** Deletes a package or binding and returns what it was. @throws Forbidden, NotFound, Conflict */
export type DeletePackage = (request: DeletePackageRequest) => Promise<JsonObject>;

/** Actions that are deleted at a time. */
const BATCH = 100;

/** Makes {@link DeletePackage}. Bindings that point to the package are left as they are. */
export function deletePackage(entities: EntityStore, changes: ChangeFeed): DeletePackage {
  return async ({ identity, path, force }) => {
    const id = requireOwn(identity, path);
    const forced = force();
    const stored = requireType(await entities.get(id), "package");
    if (stored.entity.binding === undefined) await empty(stored, forced);
    await entities.delete(id, stored.rev);
    changes.publish({ kind: "entity", id });
    return encodePackage(stored.entity);
  };

  async function empty(pkg: StoredEntity<Package>, forced: boolean): Promise<void> {
    const contents: EntityQuery = { type: "action", path: pkg.id };
    const count = await entities.count(contents);
    if (count > 0 && !forced) throw new Conflict(messages.packageNotEmpty(count));
    for (let left = count; left > 0; left = await entities.count(contents)) {
      const some = await entities.list(contents, { skip: 0, limit: BATCH });
      await Promise.all(some.map((action) => remove(entityId(action))));
    }
  }

  async function remove(id: string): Promise<void> {
    const stored = await entities.get(id);
    try {
      if (stored !== undefined) await entities.delete(id, stored.rev);
    } catch (error) {
      // Somebody else was faster: it is gone, which is what was wanted.
      if (!(error instanceof NotFound)) throw error;
    }
    changes.publish({ kind: "entity", id });
  }
}
