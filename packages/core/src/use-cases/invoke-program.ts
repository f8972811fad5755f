import { InternalError } from "../domain/errors.ts";
import type { PreparedAction } from "./action-catalogue.ts";
import { withinDeadline } from "./deadline.ts";
import type { InvokeActionDependencies, Invoked } from "./invoke-action.ts";
import type { PreparedRun } from "./invoke-prepared.ts";
import type { CompositionEnd, ProgramCall, SequenceEnd } from "./program.ts";
import { makePrograms } from "./programs.ts";
import type { StartedComponent } from "./run-simple-action.ts";

/**
 * Runs a sequence or composition for a caller. It goes on when the caller does not wait, or not long enough.
 * @throws ServiceUnavailable; InternalError when a composition's conductor gave nothing that can be followed
 */
export type InvokeProgram = (
  form: "sequence" | "composition",
  prepared: PreparedAction,
  run: PreparedRun,
) => Promise<Invoked>;

/** Makes {@link InvokeProgram}. */
export function invokeProgram(deps: InvokeActionDependencies): InvokeProgram {
  const programs = makePrograms(deps);
  return async (form, prepared, run) => {
    const { identity, payload, blocking, waitMs, transid, received, extraLogging, onGone } = run;
    const call: ProgramCall = { prepared, user: identity, transid, received, blocking, extraLogging, payload };
    const started: StartedComponent<SequenceEnd | CompositionEnd> =
      form === "sequence" ? await programs.sequence(call, 0) : await programs.composition(call);
    const { activationId, result } = started;
    if (!blocking) return { activationId, activation: undefined };
    const end = await withinDeadline(result, waitMs, deps.clock, onGone);
    if (end !== undefined && "broken" in end && end.broken) throw new InternalError();
    return { activationId, activation: end?.record };
  };
}
