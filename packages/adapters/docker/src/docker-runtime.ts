import { randomBytes } from "node:crypto";
import { type ApiEntrance, type Container, type ContainerRuntime, ContainerStartFailed } from "@meringue/core";
import { openApi } from "./api-address.ts";
import { containerRemoval } from "./container-removal.ts";
import { type StartParts, startWithImage } from "./container-starts.ts";
import { engineClient, negotiateVersion } from "./engine-client.ts";
import { DEFAULT_SOCKET_PATH } from "./engine-socket.ts";
import { guardHost, unguarded } from "./host-guard.ts";
import { imagePuller } from "./image-pull.ts";
import { isolationReport } from "./isolation.ts";
import { ownedContainers, removeAll } from "./leftovers.ts";
import { openNetwork } from "./network.ts";
import { startFailure } from "./start-failure.ts";
import { startGate } from "./start-gate.ts";

export interface DockerOptions {
  /**
   * Whose containers these are: the same in every process that uses one data folder, and no two at a time.
   * `[A-Za-z0-9][A-Za-z0-9_.-]*`.
   */
  readonly ownerId: string;
  /** The engine's Unix socket. @default /var/run/docker.sock */
  readonly socketPath?: string;
  /** Opened on the host's address in the containers' network. */
  readonly entrance: ApiEntrance;
  /** How many containers may be starting at a time. @default 10 */
  readonly parallelStarts?: number;
  /** Whether to put firewall rules between containers and this machine. Takes root. @default true */
  readonly shieldHost?: boolean;
  readonly timeouts?: Partial<DockerTimeouts>;
}

/** How long one call to the engine may take, in milliseconds. */
export interface DockerTimeouts {
  /** Create, start, inspect, list. @default 60000 */
  readonly callMs: number;
  /** @default 60000 */
  readonly removeMs: number;
  /** @default 10000 */
  readonly pauseMs: number;
  /** @default 600000 */
  readonly pullMs: number;
}

const DEFAULT_TIMEOUTS: DockerTimeouts = { callMs: 60_000, removeMs: 60_000, pauseMs: 10_000, pullMs: 600_000 };
const DEFAULT_PARALLEL_STARTS = 10;
const OWNER_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * Runs containers on a Docker engine of this machine, through its API.
 * @throws EngineError when the engine does not answer or refuses the network; Error when its network is elsewhere.
 */
export async function dockerRuntime(options: DockerOptions): Promise<ContainerRuntime> {
  const { ownerId, entrance } = options;
  if (!OWNER_ID.test(ownerId)) throw new TypeError(`not usable in the name of a container: ${ownerId}`);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const { callMs, removeMs } = timeouts;

  await using stack = new AsyncDisposableStack();
  const engine = engineClient(options.socketPath ?? DEFAULT_SOCKET_PATH);
  stack.defer(() => engine.close());
  const closed = new AbortController();
  stack.defer(() => closed.abort());
  await negotiateVersion(engine, callMs);
  const network = await openNetwork(engine, ownerId, callMs);
  stack.defer(() => network.remove());
  const api = await openApi(entrance, network);
  stack.defer(() => api.close());
  const host = { bridge: network.bridge, gateway: network.gateway, port: api.port };
  const guard = options.shieldHost === false ? unguarded("as configured") : await guardHost(host);
  stack.defer(() => guard.remove());
  const isolation = await isolationReport(engine, network, guard, callMs);

  const removal = containerRemoval(engine, removeMs);
  stack.defer(async () => removeAll(removal, await ownedContainers(engine, ownerId, callMs)));
  stack.defer(() => removal.stopLater());
  const parts: StartParts = {
    engine,
    removal,
    network,
    ownerId,
    puller: imagePuller(engine, timeouts.pullMs),
    gate: startGate(options.parallelStarts ?? DEFAULT_PARALLEL_STARTS),
    // Names of one process are its own, so that a leftover never stands in the way.
    namePrefix: `meringue-${ownerId}-${randomBytes(4).toString("hex")}-`,
    apiHost: `http://${network.gateway}:${api.port}`,
    callTimeoutMs: callMs,
    pauseTimeoutMs: timeouts.pauseMs,
    closed: closed.signal,
  };
  return runtimeOf(parts, isolation, stack.move());
}

function runtimeOf(
  parts: StartParts,
  isolation: ContainerRuntime["isolation"],
  stack: AsyncDisposableStack,
): ContainerRuntime {
  const { engine, removal, ownerId, namePrefix, callTimeoutMs } = parts;
  const starting = new Set<Promise<unknown>>();
  const closing = new AbortController();
  let closed: Promise<void> | undefined;

  const start: ContainerRuntime["create"] = async (spec, signal) => {
    const either = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    try {
      return await startWithImage(parts, spec, either);
    } catch (error) {
      throw startFailure(spec.image, error);
    }
  };

  const close = async (): Promise<void> => {
    closing.abort(new ContainerStartFailed("host", "the Docker runtime is being closed"));
    await Promise.allSettled(starting);
    await stack.disposeAsync();
  };

  return {
    name: "docker",
    isolation,
    whyNot: () => undefined, // whether an image exists is known only when it is asked for
    create(spec, signal): Promise<Container> {
      const started = start(spec, signal).finally(() => starting.delete(started));
      starting.add(started);
      return started;
    },
    async removeLeftovers() {
      const all = await ownedContainers(engine, ownerId, callTimeoutMs);
      const leftovers = all.filter(({ name }) => !name.startsWith(namePrefix));
      await removeAll(removal, leftovers);
      return leftovers.length;
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
