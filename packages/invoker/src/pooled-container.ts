import type { Container } from "@meringue/core";
import type { ActionClient } from "./answer.ts";
import type { CellClass } from "./cell.ts";
import { type ContainerEvent, type ContainerState, nextState } from "./container-life.ts";
import { httpClient } from "./http-client.ts";
import { launcherClient } from "./launcher-client.ts";
import { type LogCollector, logCollector } from "./log-collector.ts";

/** A container as its pool sees it. Only the pool changes it. */
export interface PooledContainer {
  readonly name: string;
  readonly cell: CellClass;
  readonly container: Container;
  readonly client: ActionClient;
  readonly logs: LogCollector;
  /** Bytes of log that one activation may keep. */
  readonly logBudget: { limitBytes: number };
  state: ContainerState;
  /** Whom it belongs to: set once, when it stops being a stem cell. */
  owner: Owner | undefined;
  /** Activations that run in it now. */
  inFlight: number;
  /** Epoch milliseconds of the last time it became idle. */
  idleSince: number;
}

/** One action revision of one namespace. */
export interface Owner {
  /** Equal for the same namespace, action and revision only. */
  readonly key: string;
  readonly namespace: string;
  /** Activations that may run in one container at a time. */
  readonly concurrency: number;
}

/** Wraps a container that was just created. */
export function pooledContainer(container: Container, cell: CellClass): PooledContainer {
  const { channel } = container;
  const logBudget = { limitBytes: 1024 * 1024 };
  const logs = logCollector(logBudget, () => performance.timeOrigin + performance.now());
  container.onOutput((stream, chunk) => logs.receive(stream, chunk));
  return {
    name: container.name,
    cell,
    container,
    client: channel.protocol === "http" ? httpClient(channel.address) : launcherClient(channel),
    logs,
    logBudget,
    state: "starting",
    owner: undefined,
    inFlight: 0,
    idleSince: 0,
  };
}

/** @throws IllegalTransition, a bug in the caller. */
export function transition(pooled: PooledContainer, event: ContainerEvent): void {
  pooled.state = nextState(pooled.state, event);
}

/** Whether an initialized container could take one more activation now. */
export function hasRoom(pooled: PooledContainer): boolean {
  if (pooled.owner === undefined) return false;
  if (pooled.state === "busy") return pooled.inFlight < pooled.owner.concurrency;
  return pooled.state === "idle" || pooled.state === "paused";
}
