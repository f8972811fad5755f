import {
  type CodeWrite,
  Conflict,
  type Entity,
  type EntityQuery,
  type EntityStore,
  entityId,
  NotFound,
  type StoredEntity,
} from "@meringue/core";

interface Doc {
  readonly rev: string;
  readonly entity: Entity;
  readonly code: Uint8Array | undefined;
}

/** Keeps entities in this process, for tests. Forgets all when the process ends. */
export function memoryEntityStore(): EntityStore {
  const docs = new Map<string, Doc>();
  let writes = 0;
  const matching = (query: EntityQuery) =>
    [...docs.values()].map((doc) => doc.entity).filter((entity) => matches(entity, query));

  return {
    async get(id) {
      const doc = docs.get(id);
      return doc && structuredClone({ id, rev: doc.rev, entity: doc.entity });
    },
    async put<T extends Entity>(entity: T, rev: string | undefined, code: CodeWrite): Promise<StoredEntity<T>> {
      const id = entityId(entity);
      const old = docs.get(id);
      if (old?.rev !== rev) throw new Conflict();
      const doc = { rev: `${++writes}`, entity: structuredClone(entity), code: codeAfter(old, code) };
      // one that is written again comes last, so that of two with one `updated` the later written is the newer
      docs.delete(id);
      docs.set(id, doc);
      return { id, rev: doc.rev, entity: structuredClone(entity) };
    },
    async delete(id, rev) {
      const doc = docs.get(id);
      if (doc === undefined) throw new NotFound();
      if (doc.rev !== rev) throw new Conflict();
      docs.delete(id);
    },
    async getCode(id, rev) {
      const doc = docs.get(id);
      return doc?.rev === rev ? doc?.code?.slice() : undefined;
    },
    async list(query, { skip, limit }) {
      const newestFirst = matching(query)
        .reverse()
        .sort((a, b) => b.updated - a.updated);
      return structuredClone(newestFirst.slice(skip, skip + limit));
    },
    async count(query) {
      return matching(query).length;
    },
  };
}

function codeAfter(old: Doc | undefined, code: CodeWrite): Uint8Array | undefined {
  if (code === "keep") return old?.code;
  return code === "none" ? undefined : code.bytes.slice();
}

function matches(entity: Entity, { type, path, publicOnly = false }: EntityQuery): boolean {
  if (entity.entityType !== type) return false;
  if (entity.namespace !== path && !(!path.includes("/") && entity.namespace.startsWith(`${path}/`))) return false;
  return !publicOnly || (entity.entityType === "package" && entity.publish && entity.binding === undefined);
}
