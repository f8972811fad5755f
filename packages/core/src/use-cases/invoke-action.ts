import type { Activation } from "../domain/activation.ts";
import { InternalError } from "../domain/errors.ts";
import { checkNotDeprecated } from "../domain/exec.ts";
import type { Identity } from "../domain/identity.ts";
import { checkFinal, mergeArguments } from "../domain/invocation.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Manifest } from "../domain/manifest.ts";
import type { Clock } from "../ports/clock.ts";
import type { Dispatcher } from "../ports/dispatcher.ts";
import type { Ids } from "../ports/ids.ts";
import type { ActionCatalogue, PreparedAction } from "./action-catalogue.ts";
import { type OnGone, withinDeadline } from "./deadline.ts";
import { type ActionPath, actionPathText, requireOwner } from "./entitlement.ts";
import type { ReadablePackage } from "./read-package.ts";

export interface InvokeActionDependencies {
  readonly catalogue: ActionCatalogue;
  readonly dispatcher: Dispatcher;
  readonly manifest: Manifest;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** How an action is to be run. */
export interface InvocationCall {
  readonly payload: JsonObject;
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
  /** Read once it is clear that the caller may run the action. */
  readonly call: () => Promise<InvocationCall>;
  /** Tells when nobody waits for the answer any more; the activation goes on. */
  readonly onGone?: OnGone;
}

export interface Invoked {
  readonly activationId: string;
  /** The record; undefined for a non-blocking call, and when the wait was over before the result was there. */
  readonly activation: Activation | undefined;
}

/** Runs an action. @throws Forbidden, NotFound, Conflict, BadRequest, ServiceUnavailable */
export type InvokeAction = (request: InvokeActionRequest) => Promise<Invoked>;

/** Makes {@link InvokeAction}. When all is warm it waits for nothing but the body, the dispatch and the result. */
export function invokeAction(deps: InvokeActionDependencies): InvokeAction {
  const { catalogue, clock } = deps;
  const runnable = new WeakSet<PreparedAction>();
  return async (request) => {
    const { identity, path } = request;
    // What a namespace may do per minute and at a time is counted here, before anybody asks what it may touch.
    let pkg: ReadablePackage | undefined;
    if (path.packageName === undefined) requireOwner(identity, path.namespace, actionPathText(path));
    else pkg = await catalogue.readPackage(identity, path.namespace, path.packageName);
    const call = await request.call();
    const found = catalogue.find(path.namespace, pkg, path.name);
    const prepared = found instanceof Promise ? await found : found;
    if (!runnable.has(prepared)) {
      checkRunnable(prepared, deps.manifest);
      runnable.add(prepared);
    }
    const args = argumentsOf(prepared, call.payload);
    const activationId = deps.ids.activationId();
    const { result } = await deps.dispatcher.dispatch({
      activationId,
      transid: request.transid,
      action: prepared.executable,
      user: identity,
      args,
      initArgs: prepared.initArgs,
      blocking: call.blocking,
      received: request.received,
    });
    if (!call.blocking) return { activationId, activation: undefined };
    return { activationId, activation: await withinDeadline(result, call.waitMs, clock, request.onGone) };
  };
}

/** @throws BadRequest when its runtime is deprecated, InternalError for a sequence. Holds as long as the revision does. */
function checkRunnable({ stored }: PreparedAction, manifest: Manifest): void {
  const { exec } = stored.entity;
  if (exec.type === "sequence") throw new InternalError("This server does not run sequences yet.");
  checkNotDeprecated(exec, manifest);
}

/** @throws BadRequest when the payload overrides a final parameter. */
function argumentsOf({ stored, parameters }: PreparedAction, payload: JsonObject): JsonObject {
  if (parameters.length === 0) return payload;
  checkFinal(stored.entity.annotations, parameters, payload);
  return mergeArguments(parameters, payload);
}
