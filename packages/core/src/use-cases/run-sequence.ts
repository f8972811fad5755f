import type { Activation, ActivationResponse } from "../domain/activation.ts";
import { formOf } from "../domain/conductor.ts";
import { Forbidden, NotFound } from "../domain/errors.ts";
import { checkNotDeprecated } from "../domain/exec.ts";
import { isJsonObject, type Json } from "../domain/json.ts";
import { messages } from "../domain/messages.ts";
import { resultMessages } from "../domain/result-messages.ts";
import type { PreparedAction } from "./action-catalogue.ts";
import { componentPath, findComponent } from "./component-path.ts";
import type { Enclosing } from "./enclosing-activations.ts";
import { failure } from "./enclosing-record.ts";
import type { ProgramCall, ProgramDependencies, Programs, SequenceEnd } from "./program.ts";
import { runSimpleAction, type StartedComponent } from "./run-simple-action.ts";

interface Surroundings {
  readonly deps: ProgramDependencies;
  readonly programs: Programs;
  readonly enclosing: Enclosing;
}

/** Where a sequence has got to. */
interface Progress {
  /** What the sequence answers if this was its last step; its result goes on to the next one. */
  readonly response: ActivationResponse;
  readonly atoms: number;
  readonly over: boolean;
}

/**
 * Runs a sequence: its components one after another, what one returns being what the next is given. It ends early with
 * the first result that has an `error`. See {@link Programs.sequence}.
 */
export async function runSequence(
  deps: ProgramDependencies,
  programs: Programs,
  call: ProgramCall,
  atoms: number,
): Promise<StartedComponent<SequenceEnd>> {
  const enclosing = await deps.enclosings.open(call);
  const { exec } = call.prepared.stored.entity;
  const components = exec.type === "sequence" ? exec.components : [];
  const given: ActivationResponse = { statusCode: 0, ...(call.payload === undefined ? {} : { result: call.payload }) };
  const result = runSteps({ deps, programs, enclosing }, components, { response: given, atoms, over: false });
  return { activationId: enclosing.activationId, result };
}

async function runSteps(
  around: Surroundings,
  components: readonly string[],
  beginning: Progress,
): Promise<SequenceEnd> {
  let progress = beginning;
  for (let index = 0; index < components.length && !progress.over; index++) {
    progress = await runStep(around, components[index] as string, progress, components[index + 1]);
  }
  return { record: await around.enclosing.end(progress.response), atoms: progress.atoms };
}

async function runStep(
  around: Surroundings,
  component: string,
  { response, atoms }: Progress,
  next: string | undefined,
): Promise<Progress> {
  const { deps, enclosing } = around;
  const over = (ending: ActivationResponse, count = atoms): Progress => ({
    response: ending,
    atoms: count,
    over: true,
  });
  if (enclosing.ended) return over(response);
  if (atoms >= deps.limits.sequenceLength) return over(failure(1, messages.sequenceTooLong));
  try {
    const prepared = await find(around, component);
    if (prepared === undefined) return over(failure(1, messages.sequenceComponentMissing));
    const { activationId, result } = await start(around, prepared, passedOn(response.result), atoms);
    announce(around, next);
    const step = await result;
    if (step.record === undefined) {
      enclosing.tally.addId(activationId);
      return over(failure(3, resultMessages.sequenceTimedOut(activationId)), step.atoms);
    }
    enclosing.tally.add(step.record);
    if (step.broken) return over(failure(3, resultMessages.sequenceFailed), step.atoms);
    return { response: step.record.response, atoms: step.atoms, over: isError(step.record.response.result) };
  } catch (error) {
    enclosing.report(error);
    return over(failure(3, resultMessages.sequenceFailed));
  }
}

/** @returns undefined for what is not there, or (in a nested sequence of somebody else) not for this caller. */
async function find({ deps, enclosing }: Surroundings, component: string): Promise<PreparedAction | undefined> {
  const { user } = enclosing;
  try {
    return await findComponent(deps.catalogue, user, componentPath(component, user.namespace.name));
  } catch (error) {
    if (error instanceof NotFound || error instanceof Forbidden) return undefined;
    throw error;
  }
}

interface StepEnd {
  /** Undefined when it was not there in time. */
  readonly record: Activation | undefined;
  readonly atoms: number;
  readonly broken: boolean;
}

async function start(
  { deps, programs, enclosing }: Surroundings,
  prepared: PreparedAction,
  payload: Json | undefined,
  atoms: number,
): Promise<StartedComponent<StepEnd>> {
  const { user, transid } = enclosing;
  const action = prepared.stored.entity;
  const call = { prepared, user, transid, received: deps.clock.now(), blocking: true, within: enclosing, payload };
  const form = formOf(action);
  if (form === "sequence") {
    const nested = await programs.sequence(call, atoms);
    return { ...nested, result: nested.result.then((end) => ({ ...end, broken: false })) };
  }
  checkNotDeprecated(action.exec, deps.manifest);
  if (form === "composition") {
    const nested = await programs.composition(call);
    return { ...nested, result: nested.result.then((end) => ({ ...end, atoms: atoms + 1 })) };
  }
  const simple = await runSimpleAction(deps, enclosing, prepared, payload);
  return { ...simple, result: simple.result.then((record) => ({ record, atoms: atoms + 1, broken: false })) };
}

/** Tells whoever will run the next component that it is coming, while the one before it runs. */
function announce({ deps, enclosing }: Surroundings, component: string | undefined): void {
  if (component === undefined || deps.dispatcher.prepare === undefined) return;
  const { user } = enclosing;
  findComponent(deps.catalogue, user, componentPath(component, user.namespace.name)).then(
    ({ executable }) => {
      if (formOf(executable.action) !== "sequence") deps.dispatcher.prepare?.(executable, user.namespace.name);
    },
    () => undefined, // whatever is wrong with it is met when its turn comes
  );
}

/** What one component leaves for the next: an object or an array. */
function passedOn(result: Json | undefined): Json | undefined {
  return isJsonObject(result) || Array.isArray(result) ? result : undefined;
}

function isError(result: Json | undefined): boolean {
  return isJsonObject(result) && Object.hasOwn(result, "error");
}
