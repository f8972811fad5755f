import type { Identity } from "../domain/identity.ts";
import type { EntityName } from "../domain/names.ts";
import { type ChangeFeed, touches } from "../ports/change-feed.ts";
import type { SubjectStore } from "../ports/subject-store.ts";
import { boundedMap } from "./bounded-map.ts";

/** Tells whose a namespace is, for work that nobody's key stands behind. */
export interface NamespaceOwners {
  /** @returns the identity: at once when it is in memory, else a promise; undefined when the namespace is nobody's. */
  find(namespace: EntityName): Identity | undefined | Promise<Identity | undefined>;
  /** Stops following the change feed. */
  close(): void;
}

export interface NamespaceOwnersOptions {
  readonly subjects: Pick<SubjectStore, "listByNamespace" | "getLimits">;
  readonly changes: ChangeFeed;
  /** How many namespaces are remembered at most. */
  readonly maxCached?: number;
}

/**
 * The owners of namespaces, in front of a subject store. Of several subjects the first one counts, blocked ones never.
 * A change of the subject or of the namespace's limits makes it forget at once. A namespace without an owner is looked
 * up every time.
 */
export function namespaceOwners(options: NamespaceOwnersOptions): NamespaceOwners {
  const { subjects, changes, maxCached = 10_000 } = options;
  const known = boundedMap<Identity>(maxCached);
  let generation = 0;
  const close = changes.subscribe((change) => {
    if (change.kind === "entity") return;
    generation++;
    for (const [namespace, identity] of [...known.entries()]) {
      if (touches(change, identity)) known.delete(namespace);
    }
  });

  async function load(namespace: EntityName): Promise<Identity | undefined> {
    const before = generation;
    const [subject] = await subjects.listByNamespace(namespace);
    const key = subject?.namespaces.find(({ name }) => name === namespace);
    if (subject === undefined || key === undefined) return undefined;
    const identity: Identity = {
      subject: subject.subject,
      namespace: { name: namespace, uuid: key.uuid },
      authKey: `${key.uuid}:${key.key}`,
      limits: (await subjects.getLimits(namespace)) ?? {},
    };
    // What was read before a change must not be remembered after it.
    if (before === generation) known.set(namespace, identity, 1);
    return identity;
  }

  return { find: (namespace) => known.get(namespace) ?? load(namespace), close };
}
