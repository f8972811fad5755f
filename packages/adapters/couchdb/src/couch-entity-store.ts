import {
  type CodeWrite,
  Conflict,
  type Entity,
  type EntityQuery,
  type EntityStore,
  entityId,
  isJsonObject,
  type StoredEntity,
} from "@meringue/core";
import { VIEWS } from "./design/design-documents.ts";
import { findCode, keepCode, NO_CODE, type StoredCode, storeCode } from "./documents/action-code.ts";
import { decodeEntity, encodeEntity } from "./documents/entity-document.ts";
import type { CouchDatabase, CouchDocument, ViewQuery } from "./http/couch-database.ts";
import type { OwnWrites } from "./own-writes.ts";

export interface CouchEntityStoreParts {
  readonly database: CouchDatabase;
  /** Whether upstream takes code of this kind as an attachment; of other kinds it is text in the document. */
  readonly isAttached: (kind: string) => boolean;
  readonly own: OwnWrites;
}

/** Sorts after every number and text that keys have. */
const LAST = "\ufff0";

/**
 * Entities and their code in upstream's database. A document and its code are one write, and one revision. Of two
 * entities with one `updated` a listing has the one with the greater id first: that is how upstream's views sort.
 */
export function couchEntityStore({ database, isAttached, own }: CouchEntityStoreParts): EntityStore {
  async function codeFor(entity: Entity, rev: string | undefined, code: CodeWrite): Promise<StoredCode> {
    if (entity.entityType !== "action" || code === "none") return NO_CODE;
    if (code !== "keep") return storeCode(entity, code.bytes, isAttached(entity.exec.kind));
    if (rev === undefined) return NO_CODE;
    const current = await database.get(entityId(entity));
    if (current?._rev !== rev) throw new Conflict();
    return keepCode(current);
  }

  return {
    async get(id) {
      const document = await database.get(id);
      return document && { id, rev: document._rev, entity: decodeEntity(document) };
    },
    async put<T extends Entity>(entity: T, rev: string | undefined, code: CodeWrite): Promise<StoredEntity<T>> {
      const copy = structuredClone(entity);
      const id = entityId(copy);
      const document = encodeEntity(copy, await codeFor(copy, rev, code));
      const newRev = await database.put(id, { ...document, ...(rev === undefined ? {} : { _rev: rev }) });
      own.wrote(id, newRev);
      return { id, rev: newRev, entity: copy };
    },
    delete: (id, rev) => database.delete(id, rev),
    async getCode(id, rev) {
      const document = await database.get(id);
      return document?._rev === rev ? codeOf(database, document) : undefined;
    },
    async list(query, { skip, limit }) {
      if (limit === 0) return [];
      const asked = { ...newestFirst(query), skip, limit, include_docs: true, reduce: false };
      const rows = await database.view(VIEWS.entities, viewOf(query), asked);
      // an entity that was deleted while this was asked has a row, and no document
      return rows.flatMap(({ doc }) => (isJsonObject(doc) ? [decodeEntity(doc)] : []));
    },
    async count(query) {
      const [row] = await database.view(VIEWS.entities, viewOf(query), {
        startkey: [query.path, 0],
        endkey: [query.path, LAST],
        reduce: true,
      });
      return Number(row?.value ?? 0);
    },
  };
}

/** The code that a document has; undefined when it has none, or has got another revision meanwhile. */
export async function codeOf(database: CouchDatabase, document: CouchDocument): Promise<Uint8Array | undefined> {
  const place = findCode(document);
  if (place === undefined) return undefined;
  return "bytes" in place ? place.bytes : database.attachment(document._id, document._rev, place.attachment);
}

function viewOf({ type, publicOnly = false }: EntityQuery): string {
  return publicOnly ? "packages-public" : `${type}s`;
}

function newestFirst({ path }: EntityQuery): ViewQuery {
  return { descending: true, startkey: [path, LAST], endkey: [path, 0] };
}
