import {
  type Activation,
  type ActivationReceiver,
  type ActivationStore,
  arrivedMessage,
  type Clock,
  type Dispatcher,
  type InvokerId,
  isKept,
  type ReceivedActivation,
  recordWithoutAction,
  ServiceUnavailable,
  type StoreLevels,
  TooManyRequests,
} from "@meringue/core";
import type { FindAction } from "./action-finder.ts";
import { acknowledgementOf, WITHOUT_ACTION } from "./received-message.ts";
import type { TellEnded } from "./user-events.ts";

/** After which what could not be done now is tried again, in milliseconds. */
const RETRY_MS = 500;

export interface IntakeOptions {
  readonly receiver: ActivationReceiver;
  readonly dispatcher: Pick<Dispatcher, "dispatch">;
  readonly findAction: FindAction;
  readonly activations: ActivationStore;
  /** What an earlier process had accepted and this one goes on with: its records, when they are made. */
  readonly recovering: ReadonlyMap<string, Promise<Activation>>;
  readonly self: InvokerId;
  /** Activations in hand beyond which no more are asked for. */
  readonly limit: number;
  readonly storeLevels: StoreLevels;
  /** Is told of each activation once its controller knows; of one that was delivered twice perhaps twice. */
  readonly tellEnded?: TellEnded | undefined;
  readonly clock: Clock;
  readonly warn: (text: string, error: unknown) => void;
}

/** Takes activations from the bus, has them run, and tells their controllers. */
export interface Intake {
  /** Activations in hand. */
  readonly size: number;
  /** Asks for no more. What is in hand goes on. */
  pause(): void;
  resume(): void;
  /** Asks for no more and waits until nothing is in hand, but for no longer than this. @returns what is left. */
  drain(waitMs: number): Promise<number>;
}

/**
 * An activation is settled on the bus when its record is made and its controller knows, so that whatever dies before is
 * delivered once more. It is not run once more then: a record that is there is told again, and what is in this machine's
 * journal is the journal's. Where success leaves no record, being in the journal settles it.
 */
export function activationIntake(options: IntakeOptions): Intake {
  const { receiver, clock, warn, limit } = options;
  const inHand = new Set<ReceivedActivation>();
  const listeners = new Set<() => void>();
  let full = false;
  let paused = false;
  let ending = false;

  const later = (): Promise<void> => new Promise((resolve) => clock.after(RETRY_MS, resolve));
  /** Goes on trying while services are away. @returns undefined when the server stops first. */
  const persist = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        // a full queue has room later, too
        if (!(error instanceof ServiceUnavailable || error instanceof TooManyRequests)) throw error;
        if (attempt === 0) warn(`${what}: will try again`, error);
      }
      if (ending) return undefined;
      await later();
    }
  };

  const handle = async (received: ReceivedActivation): Promise<void> => {
    const { activation } = received;
    const { activationId } = activation;
    const record = await recordOf(options, received, persist);
    if (record === undefined) return; // left to whoever receives next
    const acknowledgement = acknowledgementOf(activation, record, options.self);
    await persist(`cannot tell controller ${activation.controller} of activation ${activationId}`, () =>
      receiver.acknowledge(activation.controller, acknowledgement),
    );
    options.tellEnded?.(record, activation.user);
    received.settle();
  };
  const done = (received: ReceivedActivation): void => {
    inHand.delete(received);
    for (const listener of listeners) listener();
    if (!full || inHand.size > limit / 2) return;
    full = false;
    if (!paused) receiver.resume();
  };
  receiver.onActivation((received) => {
    inHand.add(received);
    if (!full && inHand.size >= limit) {
      full = true;
      receiver.pause();
    }
    handle(received)
      .catch((error: unknown) => warn(`activation ${received.activation.activationId} cannot be handled`, error))
      .finally(() => done(received));
  });

  return {
    get size() {
      return inHand.size;
    },
    pause() {
      paused = true;
      receiver.pause();
    },
    resume() {
      paused = false;
      if (!full) receiver.resume();
    },
    drain(waitMs) {
      paused = true;
      receiver.pause();
      return new Promise((resolve) => {
        const end = (): void => {
          cancel();
          listeners.delete(look);
          ending = true;
          resolve(inHand.size);
        };
        const cancel = clock.after(waitMs, end);
        const look = (): void => {
          if (inHand.size === 0) end();
        };
        listeners.add(look);
        look();
      });
    },
  };
}

type Persist = <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>;

/** @returns the record of an activation that was received, once it is stored; undefined when it is not for this process to make. */
async function recordOf(
  options: IntakeOptions,
  received: ReceivedActivation,
  persist: Persist,
): Promise<Activation | undefined> {
  const { activation, redelivered } = received;
  const { activationId, user } = activation;
  const recovering = options.recovering.get(activationId);
  if (recovering !== undefined) return recovering;
  if (redelivered) {
    const what = `cannot look whether activation ${activationId} has a record`;
    const found = await persist(what, async () => ({
      record: await options.activations.get(user.namespace.name, activationId),
    }));
    if (found === undefined || found.record !== undefined) return found?.record;
  }
  return run(options, received, persist);
}

async function run(
  { findAction, dispatcher, activations, clock, storeLevels, warn }: IntakeOptions,
  received: ReceivedActivation,
  persist: Persist,
): Promise<Activation | undefined> {
  const { activation } = received;
  const { activationId } = activation;
  const found = await persist(`cannot read the action of activation ${activationId}`, () =>
    findAction(activation.action).then((action) => ({ action: action ?? ("gone" as const) })),
  ).catch((error: unknown) => {
    warn(`cannot read the action of activation ${activationId}`, error);
    return { action: "unreadable" as const };
  });
  if (found === undefined || !received.held()) return undefined;
  const { action } = found;
  if (typeof action === "string") {
    const record = recordWithoutAction(activation, WITHOUT_ACTION[action], clock.now());
    if (!isKept(activation, record.response, storeLevels)) return record;
    const stored = await persist(`cannot store the record of activation ${activationId}`, async () => {
      await activations.put(record);
      return record;
    });
    return stored;
  }
  const message = arrivedMessage(activation, action);
  const dispatched = await persist(`cannot accept activation ${activationId}`, () => dispatcher.dispatch(message));
  if (dispatched === undefined) return undefined;
  if (!isKept(message, { statusCode: 0 }, storeLevels)) received.settle();
  return dispatched.result;
}
