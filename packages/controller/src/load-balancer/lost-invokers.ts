import { type Clock, getValue, type InvokerInfo } from "@meringue/core";
import type { Flights } from "./flights.ts";
import { INVOKER_LOST } from "./lost-record.ts";
import type { BalancerCounters, Outstanding } from "./outstanding.ts";

/** Ends what invokers have that do not come back. */
export interface LostInvokers {
  update(invokers: readonly InvokerInfo[]): void;
  close(): void;
}

export interface LostInvokersOptions {
  readonly clock: Clock;
  readonly flights: Flights;
  readonly counters: BalancerCounters;
  /** How long an offline invoker may take to come back and end its work itself, in milliseconds. */
  readonly lostAfterMs: number;
  /** Sends one to another invoker. */
  elsewhere(flight: Outstanding): Promise<void>;
  /**
   * Takes what the bus still has for the dead invoker. @returns stops that; `taken` resolves once the bus has nothing more, or
   * cannot tell: what this controller still waits for then had been handed to the invoker.
   */
  takeOver(instance: number): { readonly taken: Promise<void>; stop(): void };
}

/**
 * An invoker that was killed and starts again finds in its journal what it had, and ends that itself: so it is given time. After
 * that it counts as lost. Whether what it had was begun cannot be known, so it is not run again, unless its action says that
 * this does no harm (`retry: true`).
 */
export function lostInvokers(options: LostInvokersOptions): LostInvokers {
  const { clock, flights, counters, lostAfterMs } = options;
  const absent = new Map<number, { stop(): void }>();

  const endAll = (instance: number): void => {
    for (const flight of [...flights.all()]) {
      // what has ended, or is in other hands, is left to whoever said so
      if (flight.instance !== instance || flight.adopted || flight.moving) continue;
      if (flight.isTest) flights.withdraw(flight);
      else if (mayRunTwice(flight)) void options.elsewhere(flight);
      else {
        counters.lost++;
        void flights.settle(flight, INVOKER_LOST);
      }
    }
  };
  const lost = (instance: number): void => {
    const takeover = options.takeOver(instance);
    let returned = false;
    absent.set(instance, {
      stop() {
        returned = true;
        takeover.stop();
      },
    });
    void takeover.taken.then(() => {
      if (!returned) endAll(instance);
    });
  };

  return {
    update(invokers) {
      for (const { instance, health, heardAt } of invokers) {
        const known = absent.get(instance);
        if (health !== "offline" && known !== undefined) {
          known.stop();
          absent.delete(instance);
        } else if (health === "offline" && known === undefined && heardAt > 0) {
          absent.set(instance, { stop: clock.after(lostAfterMs, () => lost(instance)) });
        }
      }
    },
    close() {
      for (const each of absent.values()) each.stop();
      absent.clear();
    },
  };
}

/** Whether its author has said that a second run does no harm: what was sent may have been begun. */
export function mayRunTwice({ message }: Outstanding): boolean {
  return getValue(message.action.action.annotations, "retry") === true;
}
