import type { Activation, ActivationResponse } from "../domain/activation.ts";
import { conductorInput, formOf, readConductorRequest, resolveActionName } from "../domain/conductor.ts";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { resultMessages } from "../domain/result-messages.ts";
import type { PreparedAction } from "./action-catalogue.ts";
import { type ComponentPath, componentPath, reachComponent } from "./component-path.ts";
import type { Enclosing } from "./enclosing-activations.ts";
import { failure } from "./enclosing-record.ts";
import type { CompositionCounts, CompositionEnd, ProgramCall, ProgramDependencies, Programs } from "./program.ts";
import { runSimpleAction, type StartedComponent } from "./run-simple-action.ts";

interface Session {
  readonly deps: ProgramDependencies;
  readonly programs: Programs;
  readonly enclosing: Enclosing;
  readonly conductor: PreparedAction;
  readonly counts: CompositionCounts;
  /** What the conductor wants to be given at its next run. */
  state: JsonObject | undefined;
  /**
   * What the conductor is told, last first, when a result cannot be followed. Each component that was entitled adds one
   * complaint, and one more if it was found: the order in which the original falls back.
   */
  readonly complaints: string[];
}

/** Either the conductor is to be run with `input`, or the composition ends with `response`. */
type Turn = { readonly input: Json | undefined } | { readonly response: ActivationResponse };

/** An activation of the composition that ended, or what the composition answers because it did not. */
type Settled = { readonly record: Activation } | { readonly response: ActivationResponse };

/**
 * Runs a composition: its conductor says which action is next, is run again with what that returned, and so on until it
 * names none. See {@link Programs.composition}.
 */
export async function runComposition(
  deps: ProgramDependencies,
  programs: Programs,
  call: ProgramCall,
  counts: CompositionCounts = { components: 0, conductors: 0 },
): Promise<StartedComponent<CompositionEnd>> {
  const enclosing = await deps.enclosings.open(call);
  const conductor = call.prepared;
  const session: Session = { deps, programs, enclosing, conductor, counts, state: undefined, complaints: [] };
  return { activationId: enclosing.activationId, result: runTurns(session, call.payload) };
}

async function runTurns(session: Session, payload: Json | undefined): Promise<CompositionEnd> {
  const { enclosing } = session;
  let turn: Turn | undefined = { input: payload };
  while (turn !== undefined && "input" in turn) turn = await runTurn(session, turn.input);
  const response = turn?.response ?? failure(3, resultMessages.compositionFailed);
  return { record: await enclosing.end(response), broken: turn === undefined };
}

/** Runs the conductor, and what it asks for. @returns undefined when it gave no object, and there is nothing to tell it. */
async function runTurn(session: Session, input: Json | undefined): Promise<Turn | undefined> {
  const { deps, enclosing, conductor, counts } = session;
  if (counts.conductors > 2 * deps.limits.sequenceLength) {
    return { response: failure(1, resultMessages.compositionTooLong) };
  }
  counts.conductors++;
  const args = conductorInput(input, session.state);
  const settled = await settle(session, () => runSimpleAction(deps, enclosing, conductor, args));
  if ("response" in settled) return settled;
  const { statusCode, result } = settled.record.response;
  if (!isJsonObject(result)) return complain(session);
  const { params, state, action } = readConductorRequest(result);
  session.state = state;
  if (action === undefined) return { response: { statusCode, result: params ?? result } };
  return await follow(session, action, params);
}

/** Runs the action that the conductor named. */
async function follow(session: Session, action: Json, params: JsonObject | undefined): Promise<Turn | undefined> {
  const { deps, enclosing, counts } = session;
  const own = enclosing.user.namespace.name;
  const name = resolveActionName(action, own);
  if (name === undefined) return told(resultMessages.compositionNameInvalid(action));
  if (counts.components >= deps.limits.sequenceLength) return told(resultMessages.compositionTooLong);
  const found = await find(session, componentPath(name, own));
  if (typeof found === "string") return told(found);
  const settled = await settle(session, () => start(session, found, params));
  if ("response" in settled) return settled;
  const { result } = settled.record.response;
  if (isJsonObject(result)) return { input: result };
  return complain(session);
}

/** @returns the action, or why it cannot be run. */
async function find({ deps, enclosing, complaints }: Session, path: ComponentPath): Promise<PreparedAction | string> {
  const forbidden = resultMessages.compositionForbidden(path.id);
  const notFound = resultMessages.compositionNotFound(path.id);
  let reached: Awaited<ReturnType<typeof reachComponent>>;
  try {
    reached = await reachComponent(deps.catalogue, enclosing.user, path);
  } catch (error) {
    enclosing.report(error);
    return forbidden;
  }
  complaints.push(forbidden);
  try {
    const found = await deps.catalogue.find(path.namespace, reached, path.name);
    complaints.push(notFound);
    return found;
  } catch (error) {
    enclosing.report(error);
    return notFound;
  }
}

async function start(
  { deps, programs, enclosing, counts }: Session,
  prepared: PreparedAction,
  payload: JsonObject | undefined,
): Promise<StartedComponent<Activation | CompositionEnd | undefined>> {
  const { user, transid } = enclosing;
  const call = { prepared, user, transid, received: deps.clock.now(), blocking: true, within: enclosing, payload };
  const form = formOf(prepared.stored.entity);
  if (form === "composition") return await programs.composition(call, counts);
  counts.components++;
  if (form === "simple") return await runSimpleAction(deps, enclosing, prepared, payload);
  const nested = await programs.sequence(call, 0);
  return { ...nested, result: nested.result.then(({ record }) => record) };
}

/** Runs the conductor or a component to its end, and counts it. */
async function settle(
  { enclosing }: Session,
  begin: () => Promise<StartedComponent<Activation | CompositionEnd | undefined>>,
): Promise<Settled> {
  const failed = { response: failure(3, resultMessages.compositionFailed) };
  if (enclosing.ended) return failed;
  try {
    const { activationId, result } = await begin();
    const end = await result;
    if (end === undefined) {
      enclosing.tally.addId(activationId);
      return { response: failure(3, resultMessages.compositionTimedOut(activationId)) };
    }
    const record = "record" in end ? end.record : end;
    enclosing.tally.add(record);
    return "record" in end && end.broken ? failed : { record };
  } catch (error) {
    enclosing.report(error);
    return failed;
  }
}

function told(error: string): Turn {
  return { input: { error } };
}

function complain({ complaints }: Session): Turn | undefined {
  const error = complaints.pop();
  return error === undefined ? undefined : told(error);
}
