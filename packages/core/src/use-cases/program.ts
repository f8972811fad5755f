import type { Activation } from "../domain/activation.ts";
import type { Json } from "../domain/json.ts";
import type { SystemLimits } from "../domain/limits.ts";
import type { Manifest } from "../domain/manifest.ts";
import type { ActionCatalogue } from "./action-catalogue.ts";
import type { EnclosingActivations, EnclosingCall } from "./enclosing-activations.ts";
import type { SimpleActionDependencies, StartedComponent } from "./run-simple-action.ts";

export interface ProgramDependencies extends SimpleActionDependencies {
  readonly catalogue: ActionCatalogue;
  readonly enclosings: EnclosingActivations;
  readonly manifest: Manifest;
  readonly limits: SystemLimits;
}

/** A run of a sequence or composition, with what it is given. */
export interface ProgramCall extends EnclosingCall {
  /** Undefined: nothing that could be passed on came before. */
  readonly payload: Json | undefined;
}

/** How a sequence ended. */
export interface SequenceEnd {
  readonly record: Activation;
  /** Actions that are no sequences which were run in it and before it: together they may not exceed a limit. */
  readonly atoms: number;
}

/** How a composition ended. */
export interface CompositionEnd {
  readonly record: Activation;
  /** True when its conductor gave nothing that can be followed: its caller hears of an internal error, not of a result. */
  readonly broken: boolean;
}

/** What was run in a composition and in those directly nested in it, which share one such object. */
export interface CompositionCounts {
  components: number;
  conductors: number;
}

/**
 * Runs actions that are made of others. Both resolve when the run is accepted, and reject when it is not; the run's
 * result never rejects.
 */
export interface Programs {
  /** @param atoms what was run before it in the sequences that it is in */
  sequence(call: ProgramCall, atoms: number): Promise<StartedComponent<SequenceEnd>>;
  /** @param counts those of the composition that it is in */
  composition(call: ProgramCall, counts?: CompositionCounts): Promise<StartedComponent<CompositionEnd>>;
}
