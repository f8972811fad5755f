import type { Identity } from "../domain/identity.ts";

/** Something that caches must forget. */
export type Change =
  | { readonly kind: "entity"; readonly id: string }
  | { readonly kind: "subject"; readonly subject: string }
  | { readonly kind: "limits"; readonly namespace: string }
  /** Changes may have gone unheard: nothing that is remembered counts any more. */
  | { readonly kind: "everything" };

/** Tells every cache what changed. In one process a listener has run when `publish` returns. */
export interface ChangeFeed {
  publish(change: Change): void;
  /**
   * Resolves when others have heard, too, what was published here until now, as far as that can be known; after a fraction
   * of a second in any case. At once in a single process.
   */
  heard(): Promise<void>;
  /** @returns stops listening. */
  subscribe(listener: (change: Change) => void): () => void;
}

/** Whether what is known of a caller may have changed. */
export function touches(change: Change, { subject, namespace }: Identity): boolean {
  switch (change.kind) {
    case "entity":
      return false;
    case "subject":
      return change.subject === subject;
    case "limits":
      return change.namespace === namespace.name;
    case "everything":
      return true;
  }
}

/** The change feed of a single process. */
export function localChangeFeed(): ChangeFeed {
  const listeners = new Set<(change: Change) => void>();
  return {
    publish(change) {
      for (const listener of listeners) listener(change);
    },
    heard: () => Promise.resolve(),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
