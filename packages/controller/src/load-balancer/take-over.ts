import type { ActivationReceiver, Clock, ReceivedActivation, TravellingActivation } from "@meringue/core";
import type { Flights } from "./flights.ts";
import { mayRunTwice } from "./lost-invokers.ts";
import { INVOKER_LOST } from "./lost-record.ts";
import type { Outstanding } from "./outstanding.ts";

export interface TakeOverOptions {
  readonly clock: Clock;
  readonly flights: Flights;
  /** Asks the bus for what it has for an invoker. Whoever gets it has the lease on it: no two controllers do. */
  openReceiver(instance: number): Promise<ActivationReceiver>;
  /** Sends one of this controller's own to another invoker: nobody has begun it, or a second run does no harm. */
  elsewhere(flight: Outstanding): Promise<void>;
  /** Ends one of another controller, which may be dead. @returns when it is in good hands. */
  adopt(activation: TravellingActivation, mayHaveBegun: boolean, receiver: ActivationReceiver): Promise<void>;
  readonly warn: (text: string, error: unknown) => void;
}

/** How often the bus is asked whether there is more, in milliseconds. */
const LOOK_MS = 500;
/** How long the bus may take to hand it over, in milliseconds: another controller may be at it. */
const PATIENCE_MS = 30_000;

/**
 * Takes what the bus still has for an invoker that is lost. What the bus knows that the invoker was never handed is run
 * elsewhere; the rest may have been begun, and ends in a record that says so.
 * @returns `taken` resolves when nothing is left, or it took too long.
 */
export function takeOver(options: TakeOverOptions, instance: number): { readonly taken: Promise<void>; stop(): void } {
  const { clock, warn } = options;
  const { promise: taken, resolve } = Promise.withResolvers<void>();
  let receiver: ActivationReceiver | undefined;
  let cancel = clock.after(PATIENCE_MS, () => end());
  let ended = false;

  const end = (): void => {
    if (ended) return;
    ended = true;
    cancel();
    resolve();
    receiver?.close().catch((error: unknown) => warn(`cannot leave the work of invoker ${instance}`, error));
  };
  const look = (open: ActivationReceiver, untilMs: number): void => {
    if (ended) return;
    if (open.lag() === 0 || clock.now() > untilMs) return end();
    cancel();
    cancel = clock.after(LOOK_MS, () => look(open, untilMs));
  };
  const start = async (): Promise<void> => {
    try {
      const open = await options.openReceiver(instance);
      receiver = open;
      if (ended) return await open.close();
      open.onActivation((received) => void take(options, open, received));
      look(open, clock.now() + PATIENCE_MS);
    } catch (error) {
      warn(`cannot take over what invoker ${instance} left`, error);
      end();
    }
  };
  void start();
  return { taken, stop: end };
}

async function take(
  options: TakeOverOptions,
  receiver: ActivationReceiver,
  received: ReceivedActivation,
): Promise<void> {
  const { flights, warn } = options;
  const { activation, redelivered } = received;
  try {
    if (!received.held()) return;
    const own = flights.get(activation.activationId);
    if (own === undefined) await options.adopt(activation, redelivered, receiver);
    else if (own.isTest) flights.withdraw(own);
    else if (redelivered && !mayRunTwice(own)) await flights.settle(own, INVOKER_LOST);
    else await options.elsewhere(own);
    received.settle();
  } catch (error) {
    // not settled: whoever takes over next gets it again
    warn(`cannot take over activation ${activation.activationId}`, error);
  }
}
