import { type ActionForm, formOf } from "../domain/conductor.ts";
import { checkNotDeprecated } from "../domain/exec.ts";
import type { Identity } from "../domain/identity.ts";
import { mergeArguments, stillLocked } from "../domain/invocation.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Manifest } from "../domain/manifest.ts";
import type { Clock } from "../ports/clock.ts";
import type { Dispatched } from "../ports/dispatcher.ts";
import type { PreparedAction } from "./action-catalogue.ts";
import { type OnGone, withinDeadline } from "./deadline.ts";
import { headOrRecord } from "./head-or-record.ts";
import type { InvokeActionDependencies, Invoked } from "./invoke-action.ts";
import { invokeProgram } from "./invoke-program.ts";

/** A run of an action that was found and may be run. */
export interface PreparedRun {
  /** Whose activation it is. */
  readonly identity: Identity;
  /** What overlays the action's own parameters; final ones have been checked. */
  readonly payload: JsonObject;
  /** See `InvocationCall`. */
  readonly payloadBytes?: number;
  readonly blocking: boolean;
  /** How long a blocking call waits for the result, in milliseconds. */
  readonly waitMs: number;
  readonly transid: string;
  /** Epoch milliseconds at which the request came in. */
  readonly received: number;
  /** Whether the caller wants a record whatever the store levels say. */
  readonly extraLogging?: boolean | undefined;
  /** Tells when nobody waits for the answer any more; the activation goes on. */
  readonly onGone?: OnGone | undefined;
  /** Set on a blocking call whose caller can take the answer of an action that streams while it is made. */
  readonly streamed?: true | undefined;
}

/** Runs an action that was found. @throws BadRequest when its runtime is deprecated, ServiceUnavailable */
export type InvokePrepared = (prepared: PreparedAction, run: PreparedRun) => Promise<Invoked>;

/** Makes {@link InvokePrepared}. */
export function invokePrepared(deps: InvokeActionDependencies): InvokePrepared {
  const { dispatcher, manifest, ids, clock } = deps;
  const runProgram = invokeProgram(deps);
  const forms = new WeakMap<PreparedAction, ActionForm>();
  return async (prepared, run) => {
    let form = forms.get(prepared);
    if (form === undefined) forms.set(prepared, (form = runnableForm(prepared, manifest)));
    if (form !== "simple") return await runProgram(form, prepared, run);
    const { parameters } = prepared;
    const activationId = ids.activationId();
    const dispatched = await dispatcher.dispatch({
      activationId,
      transid: run.transid,
      action: prepared.executable,
      user: run.identity,
      args: parameters.length === 0 ? run.payload : mergeArguments(parameters, run.payload),
      argsBytes: run.payloadBytes,
      initArgs: prepared.initArgs,
      lockedArgs: stillLocked(prepared.lockedArgs, run.payload),
      blocking: run.blocking,
      received: run.received,
      extraLogging: run.extraLogging,
      streamed: run.streamed === undefined ? undefined : prepared.executable.streams,
    });
    if (!run.blocking) return { activationId, activation: undefined };
    // Awaited elsewhere: this call's frame holds the payload, which nobody needs any more.
    return invoked(activationId, dispatched, { waitMs: run.waitMs, onGone: run.onGone }, clock);
  };
}

async function invoked(
  activationId: string,
  dispatched: Dispatched,
  wait: Pick<PreparedRun, "waitMs" | "onGone">,
  clock: Clock,
): Promise<Invoked> {
  if (dispatched.stream !== undefined) {
    return { activationId, ...(await headOrRecord(dispatched, dispatched.stream, wait, clock)) };
  }
  return { activationId, activation: await withinDeadline(dispatched.result, wait.waitMs, clock, wait.onGone) };
}

/** How it is run. @throws BadRequest when its runtime is deprecated. Holds as long as the revision does. */
function runnableForm({ stored: { entity } }: PreparedAction, manifest: Manifest): ActionForm {
  checkNotDeprecated(entity.exec, manifest);
  return formOf(entity);
}
