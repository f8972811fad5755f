import type { Identity } from "../domain/identity.ts";
import type { EntityName } from "../domain/names.ts";
import type { RunningLogs } from "../ports/activation-feed.ts";
import { requireOwner } from "./entitlement.ts";
import type { GetActivation } from "./get-activation.ts";

/** What an activation of the caller's own namespace printed; so far, while it runs. @throws Forbidden, NotFound */
export type GetActivationLogs = (
  identity: Identity,
  namespace: EntityName,
  activationId: string,
) => Promise<readonly string[]>;

/** Makes {@link GetActivationLogs}. @param running who knows of activations that have no record yet */
export function getActivationLogs(getActivation: GetActivation, running: readonly RunningLogs[]): GetActivationLogs {
  return async (identity, namespace, activationId) => {
    requireOwner(identity, namespace, `${namespace}/${activationId}`);
    // first of those that run: they are known until their record is there
    for (const source of running) {
      const lines = source.logsOf(namespace, activationId);
      if (lines !== undefined) return lines;
    }
    return (await getActivation(identity, namespace, activationId)).logs;
  };
}
