import { timingSafeEqual } from "node:crypto";
import { Conflict, type JsonObject, type Subject, type SubjectStore } from "@meringue/core";
import { VIEWS } from "./design/design-documents.ts";
import { decodeLimits, decodeSubject, encodeLimits, encodeSubject, limitsId } from "./documents/subject-document.ts";
import type { CouchDatabase, ViewQuery, ViewRow } from "./http/couch-database.ts";
import type { OwnWrites } from "./own-writes.ts";

/** How often a write is tried again that others keep overtaking. */
const ATTEMPTS = 10;

/**
 * Accounts and limits in upstream's database, and in its form: keys are in the clear there, because all that share the
 * database read them so. That a uuid belongs to one subject only is looked up before a write, since CouchDB cannot
 * promise it; the keys of blocked subjects are not seen by that look.
 */
export function couchSubjectStore(database: CouchDatabase, own: OwnWrites): SubjectStore {
  const { replace, remove } = persistentWrites(database, own);
  const identities = (query: ViewQuery) => database.view(VIEWS.subjects, "identities", query);

  async function get(subject: string): Promise<Subject | undefined> {
    const document = await database.get(subject);
    return document && decodeSubject(document);
  }

  /** @throws Conflict when a uuid is used twice, here or by another subject. */
  async function checkUuids({ subject, namespaces }: Subject): Promise<void> {
    if (new Set(namespaces.map(({ uuid }) => uuid)).size < namespaces.length) throw new Conflict();
    for (const { uuid } of namespaces) {
      const rows = await identities({ startkey: [uuid, ""], endkey: [uuid, {}] });
      if (rows.some(({ id }) => id !== subject)) throw new Conflict();
    }
  }

  async function subjectsOf(rows: readonly ViewRow[]): Promise<Subject[]> {
    const found = await database.known([...new Set(rows.map(({ id }) => id))], true);
    return found.flatMap(({ doc }) => (doc === undefined ? [] : [decodeSubject(doc)]));
  }

  return {
    get,
    async put(subject) {
      await checkUuids(subject);
      await replace(subject.subject, encodeSubject(subject), true);
    },
    delete: (subject) => remove(subject),
    async listByNamespace(namespace) {
      const subjects = await subjectsOf(await identities({ key: [namespace] }));
      return subjects.filter((subject) => !subject.blocked);
    },
    async findByKey(uuid, key) {
      const rows = await identities({ key: [uuid, key], limit: 2 });
      const [row, another] = rows;
      if (row === undefined || another !== undefined) return undefined;
      const subject = await get(row.id);
      const own = subject?.namespaces.find((each) => each.uuid === uuid && sameKey(each.key, key));
      if (subject === undefined || own === undefined || subject.blocked) return undefined;
      return { subject, namespace: own.name };
    },
    async getLimits(namespace) {
      const document = await database.get(limitsId(namespace));
      return document && decodeLimits(document);
    },
    putLimits: (namespace, limits) => replace(limitsId(namespace), encodeLimits(namespace, limits), false),
    deleteLimits: (namespace) => remove(limitsId(namespace)),
  };
}

/** Writes that do not ask for a revision: they try again when somebody else was faster. */
function persistentWrites(database: CouchDatabase, own: OwnWrites) {
  /** The last writer wins, as with wskadmin. What others keep in the document and we do not know stays. */
  async function replace(id: string, document: JsonObject, keepOthers: boolean): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const old = await database.get(id);
      const merged = { ...(keepOthers ? old : {}), ...document, ...(old === undefined ? {} : { _rev: old._rev }) };
      try {
        own.wrote(id, await database.put(id, merged));
        return;
      } catch (error) {
        if (!(error instanceof Conflict) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async function remove(id: string): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const old = await database.get(id);
      if (old === undefined) return false;
      try {
        await database.delete(id, old._rev);
        return true;
      } catch (error) {
        if (!(error instanceof Conflict) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  return { replace, remove };
}

/** Whether two keys are equal, in a time that does not depend on where they differ. */
function sameKey(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
