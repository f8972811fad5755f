import type { Activation } from "../domain/activation.ts";
import type { Entity } from "../domain/entity.ts";
import type { Subject } from "../domain/identity.ts";
import type { NamespaceLimits } from "../domain/limits.ts";

/**
 * Everything that a store holds, one after the other and each once, for whoever copies it. What is written meanwhile may
 * be among it or not.
 */
export interface StoreContents {
  subjects(): AsyncIterable<Subject>;
  limits(): AsyncIterable<{ readonly namespace: string; readonly limits: NamespaceLimits }>;
  /** With the code that belongs to the revision; undefined where there is none. */
  entities(): AsyncIterable<{ readonly entity: Entity; readonly code: Uint8Array | undefined }>;
  activations(): AsyncIterable<Activation>;
}
