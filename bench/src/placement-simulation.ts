import { homeHash, type Placed, type Placement, type PlacementRequest } from "@meringue/controller";
import { warmKey } from "@meringue/core";
import { type EventQueue, eventQueue } from "./event-queue.ts";
import { seededRandom, zipf } from "./random.ts";
import { type SimulatedInvoker, simulatedInvoker } from "./simulated-invoker.ts";

export interface SimulationSize {
  readonly invokers: number;
  readonly actions: number;
  readonly placements: number;
}

/** What a placement came to in a cluster that only exists as numbers. */
export interface SimulationOutcome {
  /** Placed and released in a second of the processor, as many in flight as the load had in the end. */
  readonly perSecond: number;
  /** Share of activations that found a container, in percent. */
  readonly warmPercent: number;
  /** Standard deviation of the invokers' memory in use, in percent of what each has; the mean over time. */
  readonly spreadPercent: number;
  /** Activations that were sent to an invoker without memory for them. */
  readonly overBooked: number;
  /** Activations that had to wait until there was room. */
  readonly waited: number;
}

const CAPACITY_MB = 4_096;
/** Share of all memory that is in use in the middle. */
const LOAD = 0.4;
const MEMORIES_MB = [128, 128, 128, 128, 128, 256, 256, 256, 256, 512] as const;
const WARM_MS = 150;
const COLD_MS = 300;
const TOLD_EVERY_MS = 1_000;
/** Of the run, before anything is counted: containers have to come to be. */
const WARM_UP = 0.5;
/** How much less is called in the beginning, when all is cold. */
const GENTLE = 4;
const SAMPLES = 100;

interface Running {
  readonly request: PlacementRequest;
  readonly placed: Placed;
}

/**
 * Plays a load on invokers: which action is called follows Zipf's law, when follows Poisson's, how long it takes is exponential.
 * The same seed gives the same load, whatever places it.
 */
export function simulatePlacement(placement: Placement, size: SimulationSize, seed: number): SimulationOutcome {
  const random = seededRandom(seed);
  const requests = requestsOf(size.actions);
  const pick = zipf(size.actions, random);
  const invokers = Array.from({ length: size.invokers }, (_, at) => simulatedInvoker(at, CAPACITY_MB));
  const running = eventQueue<Running>();
  const waiting: PlacementRequest[] = [];
  const everyMs = arrivalEveryMs(size.invokers, requests);
  const figures = { warm: 0, overBooked: 0, waited: 0, counted: 0, spread: 0, samples: 0 };
  let nowMs = 0;
  let toldMs = Number.NEGATIVE_INFINITY;
  let counts = false;

  const tell = (): void => {
    if (nowMs - toldMs < TOLD_EVERY_MS) return;
    toldMs = nowMs;
    placement.update(
      invokers.map((invoker) => invoker.tell(nowMs + 1)),
      1,
    );
  };
  const begin = (request: PlacementRequest): boolean => {
    const placed = placement.place(request);
    if (typeof placed === "string") return false;
    const invoker = invokers[placed.instance] as SimulatedInvoker;
    const isOver = invoker.busyMb + request.memoryMb > CAPACITY_MB;
    const isWarm = invoker.begin(request.key, request.memoryMb);
    if (counts) {
      figures.counted++;
      if (isWarm) figures.warm++;
      if (isOver) figures.overBooked++;
    }
    running.push(nowMs - Math.log(1 - random()) * WARM_MS + (isWarm ? 0 : COLD_MS), { request, placed });
    return true;
  };
  const endDue = (untilMs: number): void => {
    while (running.nextMs() <= untilMs) {
      nowMs = running.nextMs();
      const { request, placed } = running.pop() as Running;
      invokers[placed.instance]?.end(request.key, request.memoryMb);
      placement.release(request, placed, true);
      while (waiting[0] !== undefined && begin(waiting[0])) waiting.shift();
    }
  };

  for (let n = 0; n < size.placements; n++) {
    counts = n >= size.placements * WARM_UP;
    const gentle = Math.max(1, GENTLE * (1 - n / (size.placements * WARM_UP)));
    const arrivesMs = nowMs - Math.log(1 - random()) * everyMs * gentle;
    endDue(arrivesMs);
    nowMs = arrivesMs;
    tell();
    const request = requests[pick()] as PlacementRequest;
    if (!begin(request)) {
      waiting.push(request);
      if (counts) figures.waited++;
    }
    if (counts && n % Math.ceil((size.placements * (1 - WARM_UP)) / SAMPLES) === 0) {
      figures.spread += deviation(invokers.map(({ busyMb }) => (100 * busyMb) / CAPACITY_MB));
      figures.samples++;
    }
  }
  return {
    perSecond: placementRate(placement, () => requests[pick()] as PlacementRequest, running, size.placements),
    warmPercent: (100 * figures.warm) / figures.counted,
    spreadPercent: figures.spread / figures.samples,
    overBooked: figures.overBooked,
    waited: figures.waited,
  };
}

/** Goes on with as many in flight, the oldest making room for the next, and nothing else to do. */
function placementRate(
  placement: Placement,
  next: () => PlacementRequest,
  running: EventQueue<Running>,
  count: number,
): number {
  const ring: Running[] = [];
  for (let each = running.pop(); each !== undefined; each = running.pop()) ring.push(each);
  const coming = Array.from({ length: count }, next);
  const before = process.cpuUsage();
  coming.forEach((request, n) => {
    const at = n % ring.length;
    const oldest = ring[at];
    if (oldest !== undefined) placement.release(oldest.request, oldest.placed, true);
    const placed = placement.place(request);
    if (typeof placed === "string") throw new Error("there was room for as many before");
    ring[at] = { request, placed };
  });
  const { user, system } = process.cpuUsage(before);
  return (count / (user + system)) * 1_000_000;
}

function requestsOf(actions: number): readonly PlacementRequest[] {
  return Array.from({ length: actions }, (_, at) => {
    const [namespace, id] = [`tenant${at % 97}`, `tenant${at % 97}/action${at}`];
    const memoryMb = MEMORIES_MB[(at * 7) % MEMORIES_MB.length] ?? 256;
    const hash = homeHash(namespace, id);
    return { key: warmKey(namespace, id, "1-a"), memoryMb, concurrency: 1, hash, blackbox: false };
  });
}

/** How often one comes, so that as much is in use as is wanted if most are warm. Managed kinds have nine tenths of the invokers. */
function arrivalEveryMs(invokers: number, requests: readonly PlacementRequest[]): number {
  const shares = requests.map((_, at) => 1 / (at + 1));
  const sum = shares.reduce((all, share) => all + share, 0);
  const memoryMb = requests.reduce((all, { memoryMb }, at) => all + (memoryMb * (shares[at] ?? 0)) / sum, 0);
  return (memoryMb * WARM_MS) / (invokers * 0.9 * CAPACITY_MB * LOAD);
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
