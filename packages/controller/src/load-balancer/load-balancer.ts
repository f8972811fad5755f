import {
  type ActivationMessage,
  type ActivationReceiver,
  type ActivationSender,
  type ActivationStore,
  type Clock,
  type Dispatched,
  type Dispatcher,
  type ExecutableAction,
  type Ids,
  type InFlight,
  type InvokerInfo,
  type InvokerRegistry,
  isBlackboxNative,
  type Manifest,
  ServiceUnavailable,
  type StoreLevels,
  type SystemLimits,
  type TravellingActivation,
  WhiskError,
  warmKey,
} from "@meringue/core";
import { adopt } from "./adoption.ts";
import { DEFAULT_TIMEOUT_POLICY, type TimeoutPolicy } from "./completion-timeout.ts";
import { type Flights, flights } from "./flights.ts";
import { lostInvokers } from "./lost-invokers.ts";
import { INVOKER_LOST } from "./lost-record.ts";
import { type BalancerCounters, balancerCounters, type Outstanding } from "./outstanding.ts";
import type { Placed, PlacementRequest } from "./placement.ts";
import { type Fractions, homeHash } from "./sharding.ts";
import { takeOver } from "./take-over.ts";
import { type HealthTest, testActivations } from "./test-activations.ts";
import { waitingActivations } from "./waiting-activations.ts";
import { warmPlacement } from "./warm-placement.ts";

export interface LoadBalancerOptions {
  readonly sender: ActivationSender;
  readonly registry: InvokerRegistry;
  readonly activations: ActivationStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Pick<SystemLimits, "timeoutMs">;
  /** Tells which images are our own; without it each image counts as its author's. */
  readonly manifest?: Manifest;
  /** How many controllers there are now, this one among them, 1 at least. */
  readonly controllers: () => number;
  readonly fractions?: Fractions;
  readonly timeouts?: TimeoutPolicy;
  /** Activations that may wait for room; 10,000 unless told. */
  readonly queueLimit?: number;
  /** How long one may wait for room before it is refused, in milliseconds; 30 s unless told. */
  readonly queueMs?: number;
  /** How long an offline invoker may take to come back before what it has is settled, in milliseconds; 30 s unless told. */
  readonly lostAfterMs?: number;
  /** What tries invokers that are not well; without it they stay so until what they have succeeds. */
  readonly healthTest?: HealthTest;
  /** Which records are kept; all, unless told. */
  readonly storeLevels?: StoreLevels;
  /** What the bus still has for a lost invoker; without it only what this controller waits for is settled. */
  readonly leftBehind?: LeftBehind;
  readonly warn: (text: string, error: unknown) => void;
}

/** The way to what a lost invoker left on the bus. */
export interface LeftBehind {
  openReceiver(instance: number): Promise<ActivationReceiver>;
  /** The action as it was when it was invoked. @returns undefined when that revision is no more. */
  actionOf(activation: TravellingActivation): Promise<ExecutableAction | undefined>;
}

/** Places activations on invokers elsewhere. */
export interface LoadBalancer extends Dispatcher {
  readonly inFlight: InFlight;
  load(): BalancerLoad;
  /** As they are known now. */
  invokers(): readonly InvokerInfo[];
  /** Takes nothing more, and waits for what is in flight, for `drainMs` at most. */
  close(drainMs: number): Promise<void>;
}

/** What a load balancer has to do, and has done. */
export interface BalancerLoad extends BalancerCounters {
  readonly waiting: number;
  readonly inFlight: number;
  /** What those in flight need, as if none shared a container. */
  readonly bookedMb: { readonly managed: number; readonly blackbox: number };
}

const QUEUE_LIMIT = 10_000;
const QUEUE_MS = 30_000;
const LOST_AFTER_MS = 30_000;
/** How often the store is asked for what is waited for, and room is looked for, in milliseconds. */
const SWEEP_MS = 5_000;

/** A dispatcher whose activations travel to the invokers of a registry. Sends nothing before the registry tells of any. */
export function loadBalancer(options: LoadBalancerOptions): LoadBalancer {
  const { sender, registry, clock, ids, activations, storeLevels, warn } = options;
  const counters = balancerCounters();
  const placement = warmPlacement(options);
  let known: readonly InvokerInfo[] = [];
  let closing = false;

  const waiting = waitingActivations({
    clock,
    patienceMs: options.queueMs ?? QUEUE_MS,
    tryToPlace: placement.place,
    reserveFor: placement.reserveFor,
  });
  const flying: Flights = flights({
    clock,
    activations,
    placement,
    counters,
    standardTimeoutMs: options.limits.timeoutMs[1],
    timeouts: options.timeouts ?? DEFAULT_TIMEOUT_POLICY,
    storeLevels,
    report(flight, outcome) {
      registry.report(flight.instance, outcome);
      if (flight.isTest && outcome === "success") tests?.succeeded(flight.instance);
    },
    freed: waiting.place,
    warn,
  });
  const tests =
    options.healthTest === undefined
      ? undefined
      : testActivations({
          test: options.healthTest,
          clock,
          ids,
          send(instance, message) {
            const flight = flying.begin(message, requestOf(message, options.manifest), instance);
            sender.send(instance, message).catch(() => flying.withdraw(flight)); // it is tried again before long
          },
        });

  const slotFor = async (request: PlacementRequest): Promise<Placed> => {
    const placed = placement.place(request);
    if (typeof placed !== "string") return placed;
    if (placed === "full" && waiting.size < (options.queueLimit ?? QUEUE_LIMIT)) {
      counters.waited++;
      const later = await waiting.wait(request);
      if (later !== undefined) return later;
    }
    counters.refused++;
    throw new ServiceUnavailable();
  };
  const elsewhere = async (flight: Outstanding): Promise<void> => {
    if (flight.moving) return;
    flight.moving = true;
    try {
      const placed = await slotFor(flight.request);
      if (flying.get(flight.message.activationId) !== flight) {
        // it has ended while it waited for room: its invoker came back
        placement.release(flight.request, placed, false);
        return waiting.place();
      }
      flying.moved(flight, placed);
      await sender.send(placed.instance, flight.message);
      counters.moved++;
    } catch (error) {
      warn(`cannot place activation ${flight.message.activationId} on another invoker`, error);
      await flying.settle(flight, INVOKER_LOST);
    } finally {
      flight.moving = false;
    }
  };
  const dispatch = async (message: ActivationMessage): Promise<Dispatched> => {
    if (closing) throw new ServiceUnavailable();
    const request = requestOf(message, options.manifest);
    const placed = await slotFor(request);
    const flight = flying.begin(message, request, placed.instance, placed);
    try {
      await sender.send(placed.instance, message);
    } catch (error) {
      flying.withdraw(flight);
      throw error instanceof WhiskError ? error : new ServiceUnavailable(undefined, { cause: error });
    }
    counters.activations++;
    if (placed.warm) counters.warm++;
    return dispatchedAs(flying, flight);
  };
  const { leftBehind } = options;
  const lost = lostInvokers({
    clock,
    flights: flying,
    counters,
    lostAfterMs: options.lostAfterMs ?? LOST_AFTER_MS,
    elsewhere,
    takeOver(instance) {
      if (leftBehind === undefined) return { taken: Promise.resolve(), stop: () => undefined };
      const { openReceiver, actionOf } = leftBehind;
      const adopting = { activations, clock, storeLevels, instance, actionOf, dispatch };
      return takeOver(
        { clock, flights: flying, openReceiver, elsewhere, warn, adopt: (...given) => adopt(adopting, ...given) },
        instance,
      );
    },
  });

  const stops = [
    sender.onAcknowledgement(flying.acknowledged),
    registry.watch((invokers) => {
      known = invokers;
      placement.update(invokers, Math.max(1, options.controllers()));
      tests?.update(invokers);
      lost.update(invokers);
      waiting.place();
    }),
  ];
  let cancelSweep = (): void => undefined;
  const sweep = (): void => {
    flying.lookForRecords();
    placement.update(known, Math.max(1, options.controllers()));
    waiting.place();
    cancelSweep = clock.after(SWEEP_MS, sweep);
  };
  sweep();
  const inFlight = inFlightOf(flying);

  return {
    dispatch,
    inFlight,
    load: () => ({ ...counters, waiting: waiting.size, inFlight: inFlight.size, bookedMb: bookedMb(flying) }),
    invokers: () => known,
    async close(drainMs) {
      closing = true;
      waiting.close();
      tests?.close();
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(drainMs, resolve);
      await Promise.race([flying.empty(), promise]);
      cancel();
      cancelSweep();
      lost.close();
      flying.close();
      for (const stop of stops) stop();
    },
  };
}

/** What a caller gets: the record of one that nobody was said to wait for is looked up only when it is asked for. */
function dispatchedAs(flying: Flights, flight: Outstanding): Dispatched {
  return {
    get result() {
      flying.want(flight);
      return flight.result.promise;
    },
    ended: flight.ended.promise,
  };
}

function requestOf({ action: { id, rev, action }, user }: ActivationMessage, manifest?: Manifest): PlacementRequest {
  const namespace = user.namespace.name;
  const { exec } = action;
  return {
    key: warmKey(namespace, id, rev),
    memoryMb: action.limits.memory,
    concurrency: Math.max(1, action.limits.concurrency),
    hash: homeHash(namespace, id),
    blackbox: exec.type === "blackbox" && !(manifest !== undefined && isBlackboxNative(manifest, exec.image)),
  };
}

function inFlightOf(flying: Flights): InFlight {
  const real = (): Outstanding[] => [...flying.all()].filter(({ isTest }) => !isTest);
  return {
    list: () =>
      real().map(({ message: { activationId, action } }) => [activationId, `${action.id}@${action.action.version}`]),
    get size() {
      return real().length;
    },
  };
}

function bookedMb(flying: Flights): BalancerLoad["bookedMb"] {
  const booked = { managed: 0, blackbox: 0 };
  for (const { slot, request } of flying.all()) {
    if (slot !== undefined) booked[request.blackbox ? "blackbox" : "managed"] += request.memoryMb;
  }
  return booked;
}
