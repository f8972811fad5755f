import { type InvokerView, invokerView } from "./invoker-view.ts";
import type { Placed, Placement, PlacementRequest, Unplaced } from "./placement.ts";
import { DEFAULT_FRACTIONS, type Fractions, probes, type Shard, shardsOf } from "./sharding.ts";
import { warmIndex } from "./warm-index.ts";

/** How many invokers with room, or with a warm container, are compared before one is chosen. */
const COMPARED = 8;
/** Memory of containers of which only somebody else knows more, in MB. */
const USUAL_MB = 256;

export interface WarmPlacementOptions {
  readonly fractions?: Fractions;
}

/** A placement that can keep an invoker free for one that found no room for long. */
export interface WarmPlacement extends Placement {
  /** From now on only this request gets room on the invoker where it will soonest have it; undefined ends that. */
  reserveFor(request: PlacementRequest | undefined): void;
}

/**
 * The key of a request is its action's `warmKey`. Sends an activation to where a container for it idles, or works and can
 * take one more. If there is none, the first few invokers with room on the walk
 * from the action's home are compared: one where no idle container has to go for it, then the one with most free memory. Books
 * no more than there is: who finds no room has to wait.
 */
export function warmPlacement({ fractions = DEFAULT_FRACTIONS }: WarmPlacementOptions = {}): WarmPlacement {
  const views: InvokerView[] = [];
  const index = warmIndex();
  const memoryOf = new Map<string, number>();
  let shards = shardsOf(0, fractions);
  let reserved: { readonly instance: number; readonly request: PlacementRequest } | undefined;

  const isOpen = (view: InvokerView, request: PlacementRequest): boolean =>
    (reserved === undefined || reserved.instance !== view.instance || reserved.request === request) &&
    view.hasRoom(request);

  const whereWarm = (request: PlacementRequest, shard: Shard): InvokerView | undefined => {
    let best: InvokerView | undefined;
    let compared = 0;
    for (const instance of index.of(request.key)) {
      const view = views[instance];
      if (view === undefined || !isIn(shard, instance) || !isOpen(view, request)) continue;
      if (best === undefined || view.freeMb() > best.freeMb()) best = view;
      if (++compared === COMPARED) break;
    }
    return best;
  };
  const whereRoom = (request: PlacementRequest, shard: Shard): InvokerView | undefined => {
    let best: InvokerView | undefined;
    let compared = 0;
    for (const instance of probes(shard, request.hash)) {
      const view = views[instance];
      if (view === undefined || !isOpen(view, request)) continue;
      if (best === undefined || isRoomier(view, best, request.memoryMb)) best = view;
      if (++compared === COMPARED) break;
    }
    return best;
  };
  const whyNot = (request: PlacementRequest, shard: Shard): Unplaced => {
    const there = views.slice(shard.from, shard.from + shard.count).filter((view) => view.takesWork());
    if (there.length === 0) return "none";
    return there.some((view) => view.couldTake(request)) ? "full" : "too-large";
  };
  const indexed = (view: InvokerView, keys: readonly string[]): void => {
    for (const key of keys) {
      if (view.isWarm(key)) index.add(key, view.instance);
      else index.remove(key, view.instance);
    }
  };
  const shardOf = ({ blackbox }: PlacementRequest): Shard => (blackbox ? shards.blackbox : shards.managed);

  return {
    update(invokers, controllers) {
      if (invokers.length !== views.length) shards = shardsOf(invokers.length, fractions);
      for (const info of invokers) {
        const view = (views[info.instance] ??= invokerView(info));
        if (!view.isNews(info, controllers)) continue;
        const another = view.update(info, controllers);
        if (another || info.health === "offline") indexed(view, view.places.lost());
        if (info.warm !== undefined && info.health !== "offline") {
          indexed(
            view,
            view.places.told(info.warm, (key) => memoryOf.get(key) ?? USUAL_MB),
          );
        }
      }
    },
    place(request) {
      const shard = shardOf(request);
      const warm = whereWarm(request, shard);
      const view = warm ?? whereRoom(request, shard);
      if (view === undefined) return whyNot(request, shard);
      remember(memoryOf, request);
      indexed(view, [...view.take(request), request.key]);
      return { instance: view.instance, forced: false, warm: warm !== undefined } satisfies Placed;
    },
    release(request, { instance }, ran) {
      const view = views[instance];
      if (view === undefined) return;
      view.release(request, ran);
      indexed(view, [request.key]);
    },
    reserveFor(request) {
      reserved = undefined;
      if (request === undefined) return;
      for (const instance of probes(shardOf(request), request.hash)) {
        const view = views[instance];
        if (view === undefined || !view.takesWork() || !view.couldTake(request)) continue;
        const best = reserved === undefined ? undefined : views[(reserved as { instance: number }).instance];
        if (best === undefined || view.freeMb() > best.freeMb()) reserved = { instance, request };
      }
    },
    bookedMb: (instance) => views[instance]?.bookedMb ?? 0,
  };
}

const REMEMBERED = 50_000;

/** Notes how large the containers of a sort are; the oldest notes go. */
function remember(memoryOf: Map<string, number>, { key, memoryMb }: PlacementRequest): void {
  if (memoryOf.get(key) === memoryMb) return;
  memoryOf.set(key, memoryMb);
  if (memoryOf.size <= REMEMBERED) return;
  for (const oldest of memoryOf.keys()) {
    memoryOf.delete(oldest);
    return;
  }
}

function isIn({ from, count }: Shard, instance: number): boolean {
  return instance >= from && instance < from + count;
}

/** Whether a container had better be made on one than on the other. */
function isRoomier(one: InvokerView, other: InvokerView, neededMb: number): boolean {
  const [fits, otherFits] = [one.places.unusedMb >= neededMb, other.places.unusedMb >= neededMb];
  if (fits !== otherFits) return fits;
  return one.freeMb() > other.freeMb();
}
