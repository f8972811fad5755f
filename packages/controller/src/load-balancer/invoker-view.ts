import type { InvokerInfo } from "@meringue/core";
import { type InvokerSlots, invokerSlots, type SlotRequest } from "./invoker-slots.ts";
import { type WarmPlaces, warmPlaces } from "./warm-places.ts";

/** One invoker, as a controller sees it: what it told, and what this controller has booked there. */
export interface InvokerView {
  readonly instance: number;
  readonly places: WarmPlaces;
  /** Booked by this controller, in MB. */
  readonly bookedMb: number;
  /** Whether it could take such a thing if nothing else ran there. */
  couldTake(request: SlotRequest): boolean;
  /** Whether it takes work, and has room for this without booking more than there is. */
  hasRoom(request: SlotRequest): boolean;
  /** Memory in MB that nothing runs in, by what is known. */
  freeMb(): number;
  takesWork(): boolean;
  /** Whether a container of the sort works there that can take one more, or idles. */
  isWarm(key: string): boolean;
  /** Books it. @returns the sorts of which no container idles any more, since they had to go for it. */
  take(request: SlotRequest): readonly string[];
  /** @param ran whether a container has run it, which idles now if nothing else runs in it. */
  release(request: SlotRequest, ran: boolean): void;
  /** Whether an update with these would change anything. */
  isNews(info: InvokerInfo, controllers: number): boolean;
  /** @returns whether it is another process than before. */
  update(info: InvokerInfo, controllers: number): boolean;
}

/**
 * An invoker without bookings.
 *
 * Of its memory each of n controllers may book an n-th without asking anybody, so that they cannot book more than there is
 * together. Beyond that one may book what the invoker says that nobody uses, if it could give as much to each controller; and
 * nothing at all that the invoker says is in use.
 */
export function invokerView(first: InvokerInfo): InvokerView {
  const slots: InvokerSlots = invokerSlots();
  const places = warmPlaces(first.userMemoryMb);
  let info = first;
  let controllers = 1;
  let fresh = true;
  /** What was booked when the invoker told its free memory. */
  let bookedThenMb = 0;

  const shareMb = (): number => Math.floor(info.userMemoryMb / controllers);
  const spareMb = (): number | undefined =>
    info.freeMemoryMb === undefined ? undefined : info.freeMemoryMb - (slots.bookedMb - bookedThenMb);

  return {
    instance: first.instance,
    places,
    get bookedMb() {
      return slots.bookedMb;
    },
    takesWork: () => info.health === "healthy",
    couldTake: ({ memoryMb }) => memoryMb <= info.userMemoryMb,
    hasRoom(request) {
      const { memoryMb } = request;
      if (info.health !== "healthy") return false;
      if (slots.hasPlace(request.key)) return true;
      if (slots.bookedMb + memoryMb > info.userMemoryMb) return false;
      const spare = spareMb();
      if (spare !== undefined && spare < memoryMb) return false;
      if (slots.bookedMb + memoryMb <= shareMb()) return true;
      if (memoryMb > shareMb()) return spare === undefined ? slots.bookedMb === 0 : true;
      return spare !== undefined && spare >= memoryMb * controllers;
    },
    freeMb() {
      const unbooked = info.userMemoryMb - slots.bookedMb;
      return Math.min(unbooked, spareMb() ?? unbooked);
    },
    isWarm: (key) => slots.hasPlace(key) || places.idles(key),
    take(request) {
      return slots.take(request) ? places.begin(request.key, request.memoryMb) : [];
    },
    release(request, ran) {
      if (slots.release(request)) places.finish(request.key, ran);
    },
    isNews: (next, count) => info !== next || controllers !== count || fresh,
    update(next, count) {
      fresh = false;
      const another = info.incarnation !== next.incarnation;
      if (next.heardAt !== info.heardAt) bookedThenMb = slots.bookedMb;
      info = next;
      controllers = count;
      places.resize(next.userMemoryMb);
      return another;
    },
  };
}
