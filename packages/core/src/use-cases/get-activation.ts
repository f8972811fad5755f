import type { Activation } from "../domain/activation.ts";
import { NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import type { EntityName } from "../domain/names.ts";
import type { ActivationStore } from "../ports/activation-store.ts";
import { requireOwner } from "./entitlement.ts";

/** One record of the caller's own namespace. @throws Forbidden, NotFound */
export type GetActivation = (identity: Identity, namespace: EntityName, activationId: string) => Promise<Activation>;

/** Makes {@link GetActivation}. */
export function getActivation(activations: ActivationStore): GetActivation {
  return async (identity, namespace, activationId) => {
    requireOwner(identity, namespace, `${namespace}/${activationId}`);
    const activation = await activations.get(namespace, activationId);
    if (activation === undefined) throw new NotFound();
    return activation;
  };
}
