/** What one activation needs of an invoker. */
export interface SlotRequest {
  /** Activations of one key share containers, where `concurrency` lets them. */
  readonly key: string;
  readonly memoryMb: number;
  /** Activations at a time in one container. */
  readonly concurrency: number;
}

/**
 * The books of one invoker: memory, and places in containers that take several activations. The first activation of a
 * container takes its memory and opens its other places; the memory is back when as many places are free as a container has.
 */
export interface InvokerSlots {
  /** Memory that is booked, in MB. */
  readonly bookedMb: number;
  /** Whether a place is free in a container of that key whose memory is booked. */
  hasPlace(key: string): boolean;
  /** Books a free place, or else memory: whether there is any is for the caller to know. @returns whether memory */
  take(request: SlotRequest): boolean;
  /** Gives back what a `take` of the same request booked. @returns whether memory came back */
  release(request: SlotRequest): boolean;
}

/** Empty books. */
export function invokerSlots(): InvokerSlots {
  const open = new Map<string, number>();
  let bookedMb = 0;
  const setOpen = (key: string, places: number): void => {
    if (places === 0) open.delete(key);
    else open.set(key, places);
  };
  return {
    get bookedMb() {
      return bookedMb;
    },
    hasPlace: (key) => open.has(key),
    take({ key, memoryMb, concurrency }) {
      const places = open.get(key) ?? 0;
      const isNew = places === 0;
      if (isNew) bookedMb += memoryMb;
      setOpen(key, isNew ? concurrency - 1 : places - 1);
      return isNew;
    },
    release({ key, memoryMb, concurrency }) {
      const places = (open.get(key) ?? 0) + 1;
      const isWhole = places % concurrency === 0;
      if (isWhole) bookedMb -= memoryMb;
      setOpen(key, isWhole ? places - concurrency : places);
      return isWhole;
    },
  };
}
