import { type CodeWrite, type Entity, type EntityStore, entityId, type StoredEntity } from "@meringue/core";
import type { DatabaseClient } from "./database/worker-client.ts";

/** Entities and their code in the embedded database. */
export function sqliteEntityStore(client: DatabaseClient): EntityStore {
  return {
    async get(id) {
      const row = await client.call("getEntity", id);
      return row && { id: row.id, rev: row.rev, entity: JSON.parse(row.document) as Entity };
    },
    async put<T extends Entity>(entity: T, rev: string | undefined, code: CodeWrite): Promise<StoredEntity<T>> {
      const id = entityId(entity);
      const document = JSON.stringify(entity);
      const newRev = await client.call("putEntity", {
        id,
        rev,
        type: entity.entityType,
        path: entity.namespace,
        isPublic: entity.entityType === "package" && entity.publish && entity.binding === undefined,
        updated: entity.updated,
        document,
        code: typeof code === "string" ? code : code.bytes,
      });
      return { id, rev: newRev, entity: JSON.parse(document) as T };
    },
    delete: (id, rev) => client.call("deleteEntity", id, rev),
    getCode: (id, rev) => client.call("getCode", id, rev),
    async list(query, page) {
      const documents = await client.call("listEntities", query, page);
      return documents.map((document) => JSON.parse(document) as Entity);
    },
    count: (query) => client.call("countEntities", query),
  };
}
