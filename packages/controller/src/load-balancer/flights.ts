import {
  type Acknowledgement,
  type Activation,
  type ActivationMessage,
  type ActivationStore,
  type Clock,
  type InvokerOutcome,
  isKept,
  type StoreLevels,
} from "@meringue/core";
import { completionTimeoutMs, type TimeoutPolicy } from "./completion-timeout.ts";
import { lostRecord, NOT_ACKNOWLEDGED, NOT_STORED } from "./lost-record.ts";
import type { BalancerCounters, Outstanding } from "./outstanding.ts";
import type { Placed, Placement, PlacementRequest } from "./placement.ts";
import { readRecord, type StoredResult, storedResult } from "./stored-result.ts";

/** What has been sent and is not over, and all that ends it. */
export interface Flights {
  readonly size: number;
  all(): IterableIterator<Outstanding>;
  get(activationId: string): Outstanding | undefined;
  /** Notes what is about to be sent. @param placed undefined for a test activation. */
  begin(message: ActivationMessage, request: PlacementRequest, instance: number, placed?: Placed): Outstanding;
  /** Gives the slot back and forgets it: nobody has it. */
  withdraw(flight: Outstanding): void;
  /** It goes to another invoker: its time begins anew. */
  moved(flight: Outstanding, placed: Placed): void;
  acknowledged(acknowledgement: Acknowledgement): void;
  /** Its record is wanted, also of one that nobody was said to wait for. */
  want(flight: Outstanding): void;
  /** Ends it with a record of an internal error, unless it has a record. Of two records the first wins. */
  settle(flight: Outstanding, error: string): Promise<void>;
  /** Looks in the store for the records of those that are waited for: an acknowledgement may be lost. */
  lookForRecords(): void;
  /** Waits until none is left. */
  empty(): Promise<void>;
  /** Forgets its timers. */
  close(): void;
}

export interface FlightsDependencies {
  readonly clock: Clock;
  readonly activations: ActivationStore;
  readonly placement: Placement;
  readonly counters: BalancerCounters;
  /** Milliseconds: the time limit of actions that name none. */
  readonly standardTimeoutMs: number;
  readonly timeouts: TimeoutPolicy;
  readonly storeLevels: StoreLevels | undefined;
  /** What an activation came to, as far as it tells of its invoker. */
  report(flight: Outstanding, outcome: InvokerOutcome): void;
  /** A slot is free. */
  freed(): void;
  readonly warn: (text: string, error: unknown) => void;
}

/** When the record of one that is waited for is looked for first, in milliseconds after it was sent. */
const LOOK_AFTER_MS = 15_000;
/** Records that are looked for at the same time. */
const LOOKS_AT_ONCE = 32;
/** When what failed in the store is tried again, in milliseconds. */
const RETRY_MS = 1_000;

/** Nothing sent yet. */
export function flights(deps: FlightsDependencies): Flights {
  const { clock, activations, placement, counters, warn } = deps;
  const all = new Map<string, Outstanding>();
  /** Those whose record is being looked for. */
  const looking = new Set<Outstanding>();
  const read: StoredResult = storedResult(deps);
  const emptied = new Set<() => void>();
  let closed = false;

  const forget = (flight: Outstanding): void => {
    flight.cancelTimer();
    all.delete(flight.message.activationId);
    if (all.size > 0) return;
    for (const tell of emptied) tell();
    emptied.clear();
  };
  const free = (flight: Outstanding, ran: boolean): void => {
    const { slot } = flight;
    flight.slot = undefined;
    flight.ended.resolve();
    if (slot === undefined) return;
    placement.release(flight.request, slot, ran);
    deps.freed();
  };
  const know = (flight: Outstanding, record: Activation): void => {
    flight.known = true;
    flight.record = record;
    flight.result.resolve(record);
  };
  const findOut = (flight: Outstanding): void => {
    if (flight.known || !flight.wanted) return;
    flight.known = true;
    void read(flight.message).then((record) => {
      flight.result.resolve(record ?? lostRecord(flight.message, NOT_STORED, clock.now()));
    });
  };
  const lookUp = (flight: Outstanding): void => {
    void read(flight.message).then((record) => {
      if (record !== undefined) know(flight, record);
    });
  };
  const complete = (flight: Outstanding, isSystemError: boolean): void => {
    if (flight.isTest) counters.completions.healthcheck++;
    else if (flight.forced) counters.completions.regularAfterForced++;
    else counters.completions.regular++;
    forget(flight);
    free(flight, !isSystemError);
    findOut(flight);
    deps.report(flight, isSystemError ? "system-error" : "success");
  };

  const settle = async (flight: Outstanding, error: string): Promise<void> => {
    const { message } = flight;
    const record = flight.record ?? lostRecord(message, error, clock.now());
    while (!closed && all.get(message.activationId) === flight) {
      try {
        const found = await activations.get(message.user.namespace.name, message.activationId);
        if (found === undefined && isKept(message, record.response, deps.storeLevels)) await activations.put(record);
        know(flight, found ?? record);
        forget(flight);
        free(flight, false);
        return;
      } catch (failure) {
        warn(`cannot settle activation ${message.activationId}, will try again`, failure);
        await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
      }
    }
  };
  const startTimer = (flight: Outstanding): void => {
    const { timeout } = flight.message.action.action.limits;
    const patienceMs = completionTimeoutMs(timeout, deps.standardTimeoutMs, deps.timeouts);
    flight.sentAt = clock.now();
    flight.cancelTimer = clock.after(patienceMs, () => {
      counters.completions.forced++;
      flight.forced = true;
      if (flight.isTest) forget(flight);
      free(flight, false);
      // it may still end: its invoker is told of no more work than it answers for, but not that it is dead
      if (!flight.isTest) flight.cancelTimer = clock.after(patienceMs, () => void settle(flight, NOT_ACKNOWLEDGED));
      deps.report(flight, "timeout");
    });
  };

  return {
    get size() {
      return all.size;
    },
    all: () => all.values(),
    get: (activationId) => all.get(activationId),
    begin(message, request, instance, placed) {
      const flight: Outstanding = {
        message,
        request,
        slot: placed,
        instance,
        sentAt: 0,
        lookedAt: 0,
        isTest: placed === undefined,
        forced: false,
        known: false,
        adopted: false,
        moving: false,
        record: undefined,
        wanted: message.blocking && placed !== undefined,
        cancelTimer: () => undefined,
        result: Promise.withResolvers(),
        ended: Promise.withResolvers(),
      };
      startTimer(flight);
      all.set(message.activationId, flight);
      return flight;
    },
    withdraw(flight) {
      forget(flight);
      free(flight, false);
    },
    moved(flight, placed) {
      flight.cancelTimer();
      if (flight.slot !== undefined) placement.release(flight.request, flight.slot, false);
      flight.slot = placed;
      flight.instance = placed.instance;
      flight.forced = false;
      startTimer(flight);
    },
    acknowledged(acknowledgement) {
      const flight = all.get(acknowledgement.activationId);
      if (flight === undefined) {
        if (acknowledgement.kind !== "result") counters.completions.regularAfterForced++;
        return;
      }
      if (acknowledgement.kind !== "completion" && acknowledgement.activation !== undefined) {
        know(flight, acknowledgement.activation);
      }
      if (acknowledgement.kind !== "result") complete(flight, acknowledgement.isSystemError);
      else if (!flight.known) {
        flight.adopted = true;
        if (flight.wanted) lookUp(flight);
      }
    },
    want(flight) {
      flight.wanted = true;
      if (all.get(flight.message.activationId) !== flight) findOut(flight);
    },
    settle,
    lookForRecords() {
      const now = clock.now();
      const isDue = (each: Outstanding): boolean => each.wanted && !each.known && now - each.sentAt >= LOOK_AFTER_MS;
      const due = [...all.values()].filter((each) => isDue(each) && !looking.has(each));
      due.sort((a, b) => a.lookedAt - b.lookedAt);
      for (const flight of due.slice(0, LOOKS_AT_ONCE - looking.size)) {
        flight.lookedAt = now;
        looking.add(flight);
        void readRecord(activations, flight.message, warn).then((record) => {
          looking.delete(flight);
          if (record !== undefined) know(flight, record);
        });
      }
    },
    async empty() {
      if (all.size > 0) await new Promise<void>((resolve) => emptied.add(resolve));
    },
    close() {
      closed = true;
      for (const flight of all.values()) flight.cancelTimer();
    },
  };
}
