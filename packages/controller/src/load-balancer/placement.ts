import type { InvokerInfo } from "@meringue/core";
import type { SlotRequest } from "./invoker-slots.ts";

/** An activation that looks for an invoker. */
export interface PlacementRequest extends SlotRequest {
  /** See `homeHash`: where its action is at home. */
  readonly hash: number;
  /** Whether it runs in an image of its own. */
  readonly blackbox: boolean;
}

/** A slot that is held until it is released. */
export interface Placed {
  readonly instance: number;
  /** True when there was no room: the books say more than there is. */
  readonly forced: boolean;
  /** True when an idle container was believed to be there. */
  readonly warm: boolean;
}

/** Why an activation has no slot: `full` passes; `none` needs an invoker to come or get well; `too-large` none can help. */
export type Unplaced = "full" | "none" | "too-large";

/** Chooses invokers, and keeps the books of what they were chosen for. */
export interface Placement {
  /** Takes what is known of the invokers now. Books stay: what is in flight is in flight. */
  update(invokers: readonly InvokerInfo[], controllers: number): void;
  /** Finds an invoker and books its slot. */
  place(request: PlacementRequest): Placed | Unplaced;
  /** Gives a slot back. @param ran whether it came to a container, which may idle now. */
  release(request: PlacementRequest, placed: Placed, ran: boolean): void;
  /** Booked memory of an invoker in MB. */
  bookedMb(instance: number): number;
}
