import type { Clock } from "@meringue/core";
import type { Placed, PlacementRequest, Unplaced } from "./placement.ts";

/** Activations that found no room, each with whoever waits for it to be placed. */
export interface WaitingActivations {
  readonly size: number;
  /** @returns where it was placed; undefined when it was not within `patienceMs`. */
  wait(request: PlacementRequest): Promise<Placed | undefined>;
  /** Room may have come: places those that wait, the oldest of each size first. */
  place(): void;
  /** Nobody waits any more: all are told that they were not placed. */
  close(): void;
}

export interface WaitingOptions {
  readonly clock: Clock;
  /** How long an activation may wait, in milliseconds. */
  readonly patienceMs: number;
  tryToPlace(request: PlacementRequest): Placed | Unplaced;
  /** Room is to be kept for one that has waited long while others of less memory passed it by; undefined: for none any more. */
  reserveFor(request: PlacementRequest | undefined): void;
}

/** After so long without room others may not keep it from an activation, in milliseconds. */
const STARVING_MS = 2_000;

interface Waiter {
  readonly request: PlacementRequest;
  readonly since: number;
  end(placed: Placed | undefined): void;
}

/** Nobody waits yet. Those that need the same wait in one line, so that who does not fit holds up nobody who does. */
export function waitingActivations({ clock, patienceMs, tryToPlace, reserveFor }: WaitingOptions): WaitingActivations {
  const lines = new Map<string, Set<Waiter>>();
  let size = 0;
  let reserved: PlacementRequest | undefined;

  const firstOf = (line: ReadonlySet<Waiter>): Waiter => line.values().next().value as Waiter;
  const keep = (request: PlacementRequest | undefined): void => {
    if (request === reserved) return;
    reserved = request;
    reserveFor(request);
  };
  const remove = (line: string, waiter: Waiter): void => {
    const all = lines.get(line);
    if (all?.delete(waiter) !== true) return;
    size--;
    if (all.size === 0) lines.delete(line);
    if (waiter.request === reserved) keep(undefined);
  };
  /** @returns the first of the line if it could not be placed. */
  const serve = (line: string): Waiter | undefined => {
    for (let all = lines.get(line); all !== undefined; all = lines.get(line)) {
      const waiter = firstOf(all);
      const placed = tryToPlace(waiter.request);
      if (typeof placed === "string") return waiter;
      remove(line, waiter);
      waiter.end(placed);
    }
    return undefined;
  };

  return {
    get size() {
      return size;
    },
    wait(request) {
      const line = lineOf(request);
      const { promise, resolve } = Promise.withResolvers<Placed | undefined>();
      const cancel = clock.after(patienceMs, () => {
        remove(line, waiter);
        resolve(undefined);
      });
      const waiter: Waiter = {
        request,
        since: clock.now(),
        end(placed) {
          cancel();
          resolve(placed);
        },
      };
      const all = lines.get(line);
      if (all === undefined) lines.set(line, new Set([waiter]));
      else all.add(waiter);
      size++;
      return promise;
    },
    place() {
      if (size === 0) return;
      const byAge = [...lines].sort(([, one], [, other]) => firstOf(one).since - firstOf(other).since);
      const left = byAge.flatMap(([line]) => serve(line) ?? []);
      const [oldest] = left;
      keep(oldest !== undefined && clock.now() - oldest.since > STARVING_MS ? oldest.request : undefined);
    },
    close() {
      for (const [line, all] of lines) {
        for (const waiter of all) {
          remove(line, waiter);
          waiter.end(undefined);
        }
      }
    },
  };
}

/** Those of one line need the same; one whose containers take several may find a place where others find no memory. */
function lineOf({ blackbox, memoryMb, concurrency, key }: PlacementRequest): string {
  return concurrency > 1 ? `${blackbox} ${key}` : `${blackbox} ${memoryMb}`;
}
