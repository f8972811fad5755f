import type { EntityName, NamespaceLimits, Subject, SubjectStore } from "@meringue/core";
import type { KeyRow, SubjectRow } from "./database/operations.ts";
import type { DatabaseClient } from "./database/worker-client.ts";
import { type KeyVault, sameKey } from "./vault/key-vault.ts";

/**
 * Accounts in the embedded database, their keys sealed by `vault`: the worker and the file never see one in the
 * clear.
 */
export function sqliteSubjectStore(client: DatabaseClient, vault: KeyVault): SubjectStore {
  const { toRow, toSubject } = sealing(vault);
  return {
    async get(subject) {
      const row = await client.call("getSubject", subject);
      return row && toSubject(row);
    },
    put: async (subject) => client.call("putSubject", toRow(subject)),
    delete: (subject) => client.call("deleteSubject", subject),
    async listByNamespace(namespace) {
      return (await client.call("listSubjects", namespace)).map(toSubject);
    },
    async findByKey(uuid, key) {
      const found = await client.call("findSubject", vault.digest(uuid, key));
      if (found === undefined || found.key.uuid !== uuid) return undefined;
      const subject = toSubject(found.row);
      const own = subject.namespaces.find((each) => each.uuid === uuid);
      return own && sameKey(own.key, key) ? { subject, namespace: own.name } : undefined;
    },
    async getLimits(namespace) {
      const document = await client.call("getLimits", namespace);
      return document === undefined ? undefined : (JSON.parse(document) as NamespaceLimits);
    },
    putLimits: (namespace, limits) => client.call("putLimits", namespace, JSON.stringify(limits)),
    deleteLimits: (namespace) => client.call("deleteLimits", namespace),
  };
}

function sealing(vault: KeyVault): { toRow(subject: Subject): SubjectRow; toSubject(row: SubjectRow): Subject } {
  const ownerOf = (subject: string, { namespace, uuid }: Pick<KeyRow, "namespace" | "uuid">) =>
    JSON.stringify([subject, namespace, uuid]);
  return {
    toRow: ({ subject, blocked, namespaces }) => ({
      subject,
      blocked,
      keys: namespaces.map(({ name, uuid, key }) => ({
        namespace: name,
        uuid,
        digest: vault.digest(uuid, key),
        sealed: vault.seal(key, ownerOf(subject, { namespace: name, uuid })),
      })),
    }),
    toSubject: ({ subject, blocked, keys }) => ({
      subject,
      blocked,
      namespaces: keys.map((row) => ({
        name: row.namespace as EntityName,
        uuid: row.uuid,
        key: vault.unseal(row.sealed, ownerOf(subject, row)),
      })),
    }),
  };
}
