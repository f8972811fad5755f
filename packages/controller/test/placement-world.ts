import type { InvokerInfo } from "@meringue/core";
import type { Placed, Placement, PlacementRequest } from "../src/load-balancer/placement.ts";
import { homeHash } from "../src/load-balancer/sharding.ts";

/** An invoker with 1 GB that takes work. */
export function anInvoker(instance: number, over: Partial<InvokerInfo> = {}): InvokerInfo {
  return { instance, userMemoryMb: 1_024, health: "healthy", heardAt: 1, ...over };
}

/** What `guest/NAME` needs, with 256 MB. */
export function aRequest(name = "hello", over: Partial<PlacementRequest> = {}): PlacementRequest {
  const hash = homeHash("guest", `guest/${name}`);
  return { key: name, memoryMb: 256, concurrency: 1, hash, blackbox: false, ...over };
}

/** Places so many times. @returns where, or why not */
export function placeTimes(placement: Placement, count: number, request = aRequest()): (number | string)[] {
  return Array.from({ length: count }, () => {
    const placed = placement.place(request);
    return typeof placed === "string" ? placed : placed.instance;
  });
}

/** @throws Error when there is no room */
export function mustPlace(placement: Placement, request = aRequest()): Placed {
  const placed = placement.place(request);
  if (typeof placed === "string") throw new Error(placed);
  return placed;
}
