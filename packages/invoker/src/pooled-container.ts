import type { Container } from "@meringue/core";
import type { ActionClient } from "./answer.ts";
import { type CellClass, cellKey } from "./cell.ts";
import { type ContainerEvent, type ContainerState, nextState } from "./container-life.ts";
import { httpClient } from "./http-client.ts";
import { launcherClient } from "./launcher-client.ts";
import { type LogBudget, type LogCollector, type LogEnd, logCollector } from "./log-collector.ts";
import { wallClock } from "./log-lines.ts";

/** A container as its pool sees it. Only the pool changes it. */
export interface PooledContainer {
  readonly name: string;
  readonly cell: CellClass;
  /** The key of `cell`. */
  readonly cellKey: string;
  readonly container: Container;
  readonly client: ActionClient;
  readonly logs: LogCollector;
  /** How the end of an activation's log is known here; undefined when that is for the action's kind to tell. */
  readonly logEnd: LogEnd | undefined;
  /** Set when it gets its owner. */
  readonly logBudget: LogBudget;
  state: ContainerState;
  /** Whom it belongs to: set once, when it stops being a stem cell. */
  owner: Owner | undefined;
  /** Activations that run in it now. */
  inFlight: number;
  /** How long its creation took, in milliseconds. */
  startMs: number;
  /** The same with its initialization. */
  coldMs: number;
  /** Activations that it was given. */
  uses: number;
  /** What it is worth while it is idle: see `KeepPriorities`. */
  keepPriority: number;
  /** Epoch milliseconds of the time it got its owner; 0 before. */
  ownedSince: number;
  /** Epoch milliseconds of the last time it became idle, or a stem cell. */
  idleSince: number;
  /** Whether its process has ended by itself. */
  ended: boolean;
}

/** One action revision of one namespace. */
export interface Owner {
  /** Equal for the same namespace, action and revision only. */
  readonly key: string;
  readonly namespace: string;
  /** The action's id, whatever its revision. */
  readonly actionId: string;
  /** Activations that may run in one container at a time. */
  readonly concurrency: number;
}

/** Wraps a container that was just created. */
export function pooledContainer(container: Container, cell: CellClass): PooledContainer {
  const { channel } = container;
  const logBudget: LogBudget = { limitBytes: 1024 * 1024, segments: 1 };
  const logEnd = channel.protocol === "launcher" && channel.logsEnd === "answer" ? "answer" : undefined;
  const logs = logCollector(logBudget, wallClock(), logEnd === undefined);
  container.onOutput((stream, chunk) => logs.receive(stream, chunk));
  return {
    name: container.name,
    cell,
    cellKey: cellKey(cell),
    container,
    client: channel.protocol === "http" ? httpClient(channel.address) : launcherClient(channel),
    logs,
    logEnd,
    logBudget,
    state: "starting",
    owner: undefined,
    inFlight: 0,
    startMs: 0,
    coldMs: 0,
    uses: 0,
    keepPriority: 0,
    ownedSince: 0,
    idleSince: 0,
    ended: false,
  };
}

/** @throws IllegalTransition, a bug in the caller. */
export function transition(pooled: PooledContainer, event: ContainerEvent): void {
  pooled.state = nextState(pooled.state, event);
}

/** Whether an initialized container could take one more activation of its owner now. */
export function hasRoom(pooled: PooledContainer): boolean {
  if (pooled.owner === undefined || pooled.ended) return false;
  if (pooled.state === "busy") return pooled.inFlight < pooled.owner.concurrency;
  return pooled.state === "idle" || pooled.state === "paused";
}
