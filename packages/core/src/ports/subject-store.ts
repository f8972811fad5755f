import type { Subject } from "../domain/identity.ts";
import type { NamespaceLimits } from "../domain/limits.ts";

/**
 * Where accounts, their keys and the limits of namespaces live. Keys at rest are encrypted, and found by keyed digest,
 * unless the store's form is others' too (CouchDB).
 */
export interface SubjectStore {
  get(subject: string): Promise<Subject | undefined>;
  /** Creates or replaces. @throws Conflict when a namespace's uuid already belongs to another subject. */
  put(subject: Subject): Promise<void>;
  /** @returns whether there was one. */
  delete(subject: string): Promise<boolean>;
  /** Every subject with a key for the namespace, blocked ones left out. */
  listByNamespace(namespace: string): Promise<readonly Subject[]>;
  /**
   * Finds the owner of a key pair; the comparison takes constant time.
   * @returns undefined for an unknown pair and for a blocked subject alike.
   */
  findByKey(uuid: string, key: string): Promise<{ readonly subject: Subject; readonly namespace: string } | undefined>;
  getLimits(namespace: string): Promise<NamespaceLimits | undefined>;
  putLimits(namespace: string, limits: NamespaceLimits): Promise<void>;
  /** @returns whether there were any. */
  deleteLimits(namespace: string): Promise<boolean>;
}
