import {
  type Activation,
  type ActivationMessage,
  type ActivationReceiver,
  type ActivationStore,
  arrivedMessage,
  type Clock,
  type Dispatched,
  type ExecutableAction,
  getValue,
  isKept,
  recordWithoutAction,
  type StoreLevels,
  type TravellingActivation,
} from "@meringue/core";
import { INVOKER_LOST, lostRecord } from "./lost-record.ts";

export interface AdoptionOptions {
  readonly activations: ActivationStore;
  readonly clock: Clock;
  readonly storeLevels: StoreLevels | undefined;
  /** The number of the lost invoker, in whose place this controller answers. */
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
    const { result } = await dispatch(arrivedMessage(activation, action));
    void result.then(tell).catch(() => undefined); // its record is there, and whoever waits for it looks for that
    return;
  }
  const record =
    action === undefined
      ? recordWithoutAction(activation, { statusCode: 3, result: { error: INVOKER_LOST } }, clock.now())
      : lostRecord(arrivedMessage(activation, action), INVOKER_LOST, clock.now());
  if (isKept(activation, record.response, storeLevels)) await activations.put(record);
  await tell(record);
}
