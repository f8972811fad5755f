import {
  type Activation,
  type ActivationMessage,
  type ActivationReceiver,
  type ActivationStore,
  type Clock,
  type Dispatched,
  type ExecutableAction,
  getValue,
  isKept,
  type StoreLevels,
  type TravellingActivation,
} from "@meringue/core";
import { INVOKER_LOST, lostRecord } from "./lost-record.ts";

export interface AdoptionOptions {
  readonly activations: ActivationStore;
  readonly clock: Clock;
  readonly storeLevels: StoreLevels | undefined;
  /** The id of this controller's number as an invoker id: who answers in the place of a lost one. */
  readonly instance: number;
  /** The action as it was when it was invoked. @returns undefined when that revision is no more. */
  actionOf(activation: TravellingActivation): Promise<ExecutableAction | undefined>;
  dispatch(message: ActivationMessage): Promise<Dispatched>;
}

/**
 * Ends an activation of another controller that the bus still had for a lost invoker: runs it elsewhere if the invoker
 * cannot have begun it, or its action says that a second run does no harm; else gives it a record that says so.
 * @returns when it is safe: it has its record, or another invoker has it.
 */
export async function adopt(
  { activations, clock, storeLevels, instance, actionOf, dispatch }: AdoptionOptions,
  activation: TravellingActivation,
  mayHaveBegun: boolean,
  receiver: Pick<ActivationReceiver, "acknowledge">,
): Promise<void> {
  const { activationId, transid, controller, user } = activation;
  const tell = (record: Activation): Promise<void> =>
    receiver.acknowledge(controller, {
      kind: "combined",
      activationId,
      transid,
      activation: activation.blocking ? record : undefined,
      isSystemError: record.response.statusCode === 3,
      invoker: { instance, userMemoryMb: 0 },
    });

  const found = await activations.get(user.namespace.name, activationId);
  if (found !== undefined) return await tell(found);
  const action = await actionOf(activation);
  const runsTwice = action !== undefined && getValue(action.action.annotations, "retry") === true;
  if (action !== undefined && (!mayHaveBegun || runsTwice)) {
    // its controller, if it lives, is told that somebody sees to it
    await receiver.acknowledge(controller, { kind: "result", activationId, transid, activation: undefined });
    const { result } = await dispatch(messageOf(activation, action));
    void result.then(tell).catch(() => undefined); // its record is there, and whoever waits for it looks for that
    return;
  }
  const record =
    action === undefined
      ? unnamedRecord(activation, clock.now())
      : lostRecord(messageOf(activation, action), INVOKER_LOST, clock.now());
  if (isKept(activation, record.response, storeLevels)) await activations.put(record);
  await tell(record);
}

function messageOf(activation: TravellingActivation, action: ExecutableAction): ActivationMessage {
  const { activationId, transid, user, args, initArgs, lockedArgs, blocking, cause, received, extraLogging } =
    activation;
  return {
    ...{
      activationId,
      transid,
      action,
      user,
      args: args ?? {},
      initArgs,
      lockedArgs,
      blocking,
      received,
      extraLogging,
    },
    ...(cause === undefined ? {} : { cause }),
  };
}

/** The record of one whose action is gone: nothing but its name is known. */
function unnamedRecord({ activationId, action, user, cause }: TravellingActivation, now: number): Activation {
  return {
    namespace: user.namespace.name,
    name: action.id.slice(action.id.lastIndexOf("/") + 1),
    version: action.version ?? "0.0.1",
    subject: user.subject,
    activationId,
    start: now,
    end: now,
    duration: 0,
    ...(cause === undefined ? {} : { cause }),
    response: { statusCode: 3, result: { error: INVOKER_LOST } },
    logs: [],
    annotations: [
      { key: "path", value: action.id },
      { key: "kind", value: "unknown" },
      ...(cause === undefined ? [] : [{ key: "causedBy", value: "sequence" }]),
    ],
    publish: false,
  };
}
