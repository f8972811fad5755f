/** Containers of one sort on one invoker, as far as a controller can know. */
interface Place {
  readonly key: string;
  readonly memoryMb: number;
  /** Those that idle. */
  idle: number;
  /** Those that work for this controller. */
  busy: number;
}

/**
 * Which containers an invoker has: what it told last, carried on with what this controller has sent it since. The pool's own
 * rule is assumed: who needs room takes that of what idles longest.
 */
export interface WarmPlaces {
  /** Memory in MB that no container holds, idle or busy, by what is known; never below 0. */
  readonly unusedMb: number;
  /** Whether one of a sort idles. */
  idles(key: string): boolean;
  /** One of a sort begins to work; made for it if none idles. @returns what had to go for it. */
  begin(key: string, memoryMb: number): readonly string[];
  /** One of a sort has finished. @param stays whether it idles now, or is gone. */
  finish(key: string, stays: boolean): void;
  /** The invoker tells what idles: that counts. @returns the sorts that changed between none and some. */
  told(warm: Readonly<Record<string, number>>, memoryOf: (key: string) => number): readonly string[];
  /** It has none any more that idle: another process. @returns the sorts that it had. */
  lost(): readonly string[];
  resize(capacityMb: number): void;
}

/** An invoker without containers. */
export function warmPlaces(capacityMb: number): WarmPlaces {
  /** Those that were used last are last. */
  const places = new Map<string, Place>();
  let usedMb = 0;
  let wholeMb = capacityMb;

  const change = (place: Place, idle: number, busy: number): void => {
    usedMb += place.memoryMb * (idle - place.idle + busy - place.busy);
    place.idle = idle;
    place.busy = busy;
    if (idle === 0 && busy === 0) places.delete(place.key);
  };
  const used = (key: string, memoryMb: number): Place => {
    const place = places.get(key) ?? { key, memoryMb, idle: 0, busy: 0 };
    places.delete(key);
    places.set(key, place);
    return place;
  };
  const makeRoom = (neededMb: number): string[] => {
    const gone: string[] = [];
    for (const place of places.values()) {
      if (usedMb + neededMb <= wholeMb) break;
      if (place.idle === 0) continue;
      const surplusMb = usedMb + neededMb - wholeMb;
      change(place, Math.max(0, place.idle - Math.ceil(surplusMb / place.memoryMb)), place.busy);
      if (place.idle === 0) gone.push(place.key);
    }
    return gone;
  };

  return {
    get unusedMb() {
      return Math.max(0, wholeMb - usedMb);
    },
    idles: (key) => (places.get(key)?.idle ?? 0) > 0,
    begin(key, memoryMb) {
      const idle = places.get(key)?.idle ?? 0;
      const gone = idle > 0 ? [] : makeRoom(memoryMb);
      const place = used(key, memoryMb);
      change(place, Math.max(0, place.idle - 1), place.busy + 1);
      return gone;
    },
    finish(key, stays) {
      const place = places.get(key);
      if (place === undefined || place.busy === 0) return;
      used(key, place.memoryMb);
      change(place, place.idle + (stays ? 1 : 0), place.busy - 1);
    },
    told(warm, memoryOf) {
      const changed: string[] = [];
      for (const place of [...places.values()]) {
        if (warm[place.key] !== undefined || place.idle === 0) continue;
        change(place, 0, place.busy);
        changed.push(place.key);
      }
      for (const [key, idle] of Object.entries(warm)) {
        const place = places.get(key) ?? { key, memoryMb: memoryOf(key), idle: 0, busy: 0 };
        if (place.idle === 0 && idle > 0) changed.push(key);
        if (!places.has(key)) places.set(key, place);
        change(place, idle, place.busy);
      }
      return changed;
    },
    lost() {
      const gone: string[] = [];
      for (const place of [...places.values()]) {
        if (place.idle > 0) gone.push(place.key);
        change(place, 0, place.busy);
      }
      return gone;
    },
    resize(nextMb) {
      wholeMb = nextMb;
    },
  };
}
