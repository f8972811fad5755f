import type { Activation } from "../domain/activation.ts";
import { mergeArguments, stillLocked } from "../domain/invocation.ts";
import { isJsonObject, type Json } from "../domain/json.ts";
import { toObject } from "../domain/parameters.ts";
import type { Clock } from "../ports/clock.ts";
import type { Dispatcher } from "../ports/dispatcher.ts";
import type { Ids } from "../ports/ids.ts";
import type { PreparedAction } from "./action-catalogue.ts";
import { withinDeadline } from "./deadline.ts";
import type { Enclosing } from "./enclosing-activations.ts";

/** How much longer than its own time limit a component is waited for, in milliseconds. */
const GRACE_MS = 60_000;

export interface SimpleActionDependencies {
  readonly dispatcher: Dispatcher;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** A component that was accepted. */
export interface StartedComponent<T> {
  readonly activationId: string;
  /** Never rejects. */
  readonly result: Promise<T>;
}

/**
 * Runs an action in a container on behalf of a sequence or composition.
 * @param payload an object goes over the action's parameters, an array in their place; undefined leaves just them.
 * @returns when it is accepted; its result is undefined when it was not there in time.
 * @throws ServiceUnavailable when it cannot be placed
 */
export async function runSimpleAction(
  { dispatcher, ids, clock }: SimpleActionDependencies,
  within: Enclosing,
  { executable, parameters, initArgs, lockedArgs }: PreparedAction,
  payload: Json | undefined,
): Promise<StartedComponent<Activation | undefined>> {
  const activationId = ids.activationId();
  const args = isJsonObject(payload) ? mergeArguments(parameters, payload) : (payload ?? toObject(parameters));
  const { result } = await dispatcher.dispatch({
    activationId,
    transid: within.transid,
    action: executable,
    user: within.user,
    args,
    argsBytes: JSON.stringify(args).length,
    initArgs,
    lockedArgs: stillLocked(lockedArgs, payload),
    blocking: true,
    cause: within.activationId,
    received: clock.now(),
    extraLogging: within.extraLogging,
  });
  return { activationId, result: withinDeadline(result, executable.action.limits.timeout + GRACE_MS, clock) };
}
