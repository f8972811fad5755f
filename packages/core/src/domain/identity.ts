import type { NamespaceLimits } from "./limits.ts";
import type { EntityName } from "./names.ts";

/** Who calls: one namespace of one subject, as selected by the key that was presented. */
export interface Identity {
  readonly subject: string;
  readonly namespace: { readonly name: EntityName; readonly uuid: string };
  /** `uuid:key`, as it goes to actions annotated `provide-api-key`. */
  readonly authKey: string;
  /** The namespace's own limits; absent fields mean the system's. */
  readonly limits: NamespaceLimits;
}

/** A key pair that selects one namespace of a subject. `key` is 64 characters. */
export interface NamespaceKey {
  readonly name: EntityName;
  readonly uuid: string;
  readonly key: string;
}

/** An account: what `meringue admin user` edits. */
export interface Subject {
  /** At least 5 characters. */
  readonly subject: string;
  readonly namespaces: readonly NamespaceKey[];
  readonly blocked: boolean;
}
