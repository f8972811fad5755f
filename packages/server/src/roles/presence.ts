import { type Clock, Conflict, type InvokerAnnouncer, type InvokerState } from "@meringue/core";
import type { Occupancy } from "@meringue/invoker";

/** How often an invoker looks whether there is something new to tell, in milliseconds. */
const LOOK_MS = 1_000;

export interface PresenceOptions {
  readonly announcer: InvokerAnnouncer;
  /** What never changes of it. */
  readonly identity: Pick<InvokerState, "instance" | "uniqueName" | "displayedName" | "userMemoryMb" | "incarnation">;
  occupancy(): Occupancy;
  readonly clock: Clock;
  readonly warn: (text: string, error: unknown) => void;
}

/** An invoker's place in the registry. */
export interface Presence {
  readonly draining: boolean;
  /** Says that it takes nothing new, or takes work again. @returns when that is told, or could not be. */
  drain(on: boolean): Promise<void>;
  /** Says goodbye. */
  leave(): Promise<void>;
}

/**
 * Tells the registry of an invoker from now on: how much of its memory is free, what idles in it, whether it drains. An
 * operator's wish through the registry counts like one on the spot.
 * @throws (rejects with) Conflict when another living process has the same number
 */
export async function presence({ announcer, identity, occupancy, clock, warn }: PresenceOptions): Promise<Presence> {
  let draining = false;
  let told = "";
  let left = false;

  const tell = async (): Promise<void> => {
    const { busyMemoryMb, warm } = occupancy();
    const freeMemoryMb = Math.max(0, identity.userMemoryMb - busyMemoryMb);
    const state: InvokerState = { ...identity, freeMemoryMb, warm, ...(draining ? { draining } : {}) };
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    await announcer.announce(state);
  };
  const tryTelling = async (): Promise<void> => {
    try {
      await tell();
    } catch (error) {
      warn("the registry does not hear this invoker", error);
    }
  };
  const drain = (on: boolean): Promise<void> => {
    draining = on;
    return tryTelling();
  };
  const look = async (): Promise<void> => {
    if (left) return;
    await tryTelling();
    clock.after(LOOK_MS, () => void look());
  };

  const stopListening = announcer.onDrainWish((on) => void drain(on));
  await tell().catch((error: unknown) => {
    if (error instanceof Conflict) throw error;
    warn("the registry does not hear this invoker yet", error);
  });
  clock.after(LOOK_MS, () => void look());
  return {
    get draining() {
      return draining;
    },
    drain,
    async leave() {
      left = true;
      stopListening();
      await announcer.leave();
    },
  };
}
