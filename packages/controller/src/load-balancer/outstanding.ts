import type { Activation, ActivationMessage } from "@meringue/core";
import type { Placed, PlacementRequest } from "./placement.ts";

/** An activation that was sent to an invoker and is not over. */
export interface Outstanding {
  readonly message: ActivationMessage;
  readonly request: PlacementRequest;
  /** Where its slot is booked; undefined of a test activation, and once a completion was waited for in vain. */
  slot: Placed | undefined;
  /** Who has it. */
  instance: number;
  /** Epoch milliseconds. */
  sentAt: number;
  /** When its record was looked for last, epoch milliseconds. */
  lookedAt: number;
  /** True of a test activation: of no interest to anybody but the registry. */
  readonly isTest: boolean;
  /** True once a completion was waited for in vain. */
  forced: boolean;
  /** True once it is known what came of it, or somebody is about to find out. */
  known: boolean;
  /** True once somebody has said, without its record, that it has ended or is in good hands: its invoker's end is not its own. */
  adopted: boolean;
  /** True while a place on another invoker is looked for. */
  moving: boolean;
  /** Its record, once that came by the bus. It may not be stored: others than ours answer first. */
  record: Activation | undefined;
  /** Whether anybody wants its record. */
  wanted: boolean;
  cancelTimer: () => void;
  readonly result: PromiseWithResolvers<Activation>;
  /** Its slot is free, or taken to be. */
  readonly ended: PromiseWithResolvers<void>;
}

/** Counts of what came of activations. */
export interface BalancerCounters {
  /** Activations that were sent. */
  activations: number;
  /** Those that went to where a container was believed to idle. */
  warm: number;
  /** Those that found no room at once. */
  waited: number;
  /** Those that were refused since there was no room, or no invoker. */
  refused: number;
  /** Completions, as the original tells them apart. */
  readonly completions: Record<CompletionSort, number>;
  /** Activations of lost invokers that were placed elsewhere. */
  moved: number;
  /** Activations of lost invokers that ended in a record that says so. */
  lost: number;
}

/** `regularAfterForced` was waited for in vain before; `forcedAfterRegular` cannot happen here, and counts 0. */
export type CompletionSort = "regular" | "forced" | "healthcheck" | "regularAfterForced" | "forcedAfterRegular";

export function balancerCounters(): BalancerCounters {
  const completions = { regular: 0, forced: 0, healthcheck: 0, regularAfterForced: 0, forcedAfterRegular: 0 };
  return { activations: 0, warm: 0, waited: 0, refused: 0, completions, moved: 0, lost: 0 };
}
