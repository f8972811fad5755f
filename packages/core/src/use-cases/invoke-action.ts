import type { Activation } from "../domain/activation.ts";
import type { Identity } from "../domain/identity.ts";
import { checkFinal } from "../domain/invocation.ts";
import type { JsonObject } from "../domain/json.ts";
import type { SystemLimits } from "../domain/limits.ts";
import type { Manifest } from "../domain/manifest.ts";
import type { Clock } from "../ports/clock.ts";
import type { AnswerStream, Dispatcher } from "../ports/dispatcher.ts";
import type { Ids } from "../ports/ids.ts";
import type { ActionCatalogue } from "./action-catalogue.ts";
import type { OnGone } from "./deadline.ts";
import type { EnclosingActivations } from "./enclosing-activations.ts";
import { type ActionPath, actionPathText, requireOwner } from "./entitlement.ts";
import { invokePrepared } from "./invoke-prepared.ts";
import { requireComponents } from "./sequence-definition.ts";
import type { Admit } from "./throttles.ts";

export interface InvokeActionDependencies {
  readonly catalogue: ActionCatalogue;
  readonly dispatcher: Dispatcher;
  /** The runs of sequences and compositions: the one that everybody in the process shares. */
  readonly enclosings: EnclosingActivations;
  readonly manifest: Manifest;
  readonly limits: SystemLimits;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Counts each call against what the caller's namespace may do; without it nothing is counted. */
  readonly admitInvocation?: Admit;
}

/** How an action is to be run. */
export interface InvocationCall {
  readonly payload: JsonObject;
  /** Length of the payload as JSON, about, in bytes; without it, it is taken to be small. */
  readonly payloadBytes?: number;
  readonly blocking: boolean;
  /** How long a blocking call waits for the result, in milliseconds. */
  readonly waitMs: number;
}

export interface InvokeActionRequest {
  readonly identity: Identity;
  readonly path: ActionPath;
  readonly transid: string;
  /** Epoch milliseconds at which the request came in. */
  readonly received: number;
  /** See {@link ActivationMessage.extraLogging}. */
  readonly extraLogging?: boolean | undefined;
  /** Read once it is clear that the caller may run the action. */
  readonly call: () => Promise<InvocationCall>;
  /** Tells when nobody waits for the answer any more; the activation goes on. */
  readonly onGone?: OnGone;
}

export interface Invoked {
  readonly activationId: string;
  /** The record; undefined for a non-blocking call, and when the wait was over before the result was there. */
  readonly activation: Activation | undefined;
  /** Set in place of the record when the answer is still being made. Who gets it iterates or cancels it. */
  readonly streaming?: { readonly answer: AnswerStream; readonly result: Promise<Activation> };
}

/** Runs an action. @throws TooManyRequests, Forbidden, NotFound, Conflict, BadRequest, ServiceUnavailable */
export type InvokeAction = (request: InvokeActionRequest) => Promise<Invoked>;

/** Makes {@link InvokeAction}. When all is warm it waits for nothing but the body, the dispatch and the result. */
export function invokeAction(deps: InvokeActionDependencies): InvokeAction {
  const { catalogue, admitInvocation } = deps;
  const run = invokePrepared(deps);
  return async (request) => {
    const { identity, path, transid, received, extraLogging, onGone } = request;
    admitInvocation?.(identity);
    if (path.packageName === undefined) requireOwner(identity, path.namespace, actionPathText(path));
    else await catalogue.readPackage(identity, path.namespace, path.packageName);
    const call = await request.call();
    // While a body came in, however slowly, the package may have been made private.
    const pkg =
      path.packageName === undefined
        ? undefined
        : await catalogue.readPackage(identity, path.namespace, path.packageName);
    const found = catalogue.find(path.namespace, pkg, path.name);
    const prepared = found instanceof Promise ? await found : found;
    const { stored, parameters } = prepared;
    const { exec } = stored.entity;
    if (exec.type === "sequence") await requireComponents(catalogue, identity, exec.components);
    checkFinal(stored.entity.annotations, parameters, call.payload);
    return run(prepared, { ...call, identity, transid, received, extraLogging, onGone });
  };
}
