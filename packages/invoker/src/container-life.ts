/**
 * Where a container is in its life. `cell` is a stem cell: started, nobody's yet. From `initializing` on it belongs to one
 * action revision of one namespace, for good. `draining` takes no more activations, and ends with the last that it has.
 */
export type ContainerState =
  | "starting"
  | "cell"
  | "initializing"
  | "busy"
  | "draining"
  | "idle"
  | "pausing"
  | "paused"
  | "resuming"
  | "removing"
  | "gone";

/** What can happen to a container. */
export type ContainerEvent =
  | "created"
  | "assign"
  | "initialized"
  | "run"
  | "done"
  | "retire"
  | "pause"
  | "paused"
  | "resumed"
  | "evict"
  | "fail"
  | "removed";

type Transitions = Readonly<Record<ContainerState, Partial<Record<ContainerEvent, ContainerState>>>>;

const transitions: Transitions = {
  starting: { created: "cell", fail: "removing" },
  cell: { assign: "initializing", evict: "removing", fail: "removing" },
  initializing: { initialized: "busy", fail: "removing" },
  busy: { run: "busy", done: "idle", retire: "draining", fail: "removing" }, // never evicted while it works
  draining: { fail: "removing" },
  idle: { run: "busy", pause: "pausing", evict: "removing", fail: "removing" },
  pausing: { paused: "paused", fail: "removing" },
  paused: { run: "resuming", evict: "removing", fail: "removing" },
  resuming: { resumed: "busy", fail: "removing" },
  removing: { removed: "gone", fail: "removing", evict: "removing" },
  gone: {},
};

/** A bug in the caller: `event` cannot happen to a container in `state`. */
export class IllegalTransition extends Error {
  override readonly name = "IllegalTransition";

  constructor(state: ContainerState, event: ContainerEvent) {
    super(`a container that is ${state} cannot take '${event}'`);
  }
}

/** @throws IllegalTransition when the table has no such step. */
export function nextState(state: ContainerState, event: ContainerEvent): ContainerState {
  const to = transitions[state][event];
  if (to === undefined) throw new IllegalTransition(state, event);
  return to;
}
