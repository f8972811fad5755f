import { type Container, type ContainerSpec, ContainerStartFailed } from "@meringue/core";
import { containerOutput } from "./container-output.ts";
import { type ContainerRemoval } from "./container-removal.ts";
import { containerRequest } from "./container-request.ts";
import { dockerContainer } from "./docker-container.ts";
import { type EngineClient, EngineError } from "./engine-client.ts";
import { type ImagePuller, wantsLatest } from "./image-pull.ts";
import type { ContainerNetwork } from "./network.ts";
import { isImageMissing, isReferenceInvalid } from "./start-failure.ts";
import type { StartGate } from "./start-gate.ts";

export interface StartParts {
  readonly engine: EngineClient;
  readonly removal: ContainerRemoval;
  readonly puller: ImagePuller;
  readonly gate: StartGate;
  readonly network: ContainerNetwork;
  readonly ownerId: string;
  /** Put before a container's own name, to make the engine's. */
  readonly namePrefix: string;
  readonly apiHost: string;
  readonly callTimeoutMs: number;
  readonly pauseTimeoutMs: number;
  /** Aborted when the runtime has been closed. */
  readonly closed: AbortSignal;
}

/** Starts a container, and pulls its image first where its spec says so. Throws whatever went wrong. */
export async function startWithImage(parts: StartParts, spec: ContainerSpec, signal?: AbortSignal): Promise<Container> {
  if (spec.pull === "always") await refresh(parts.puller, spec.image, signal);
  try {
    return await startInTurn(parts, spec, signal);
  } catch (error) {
    if (isReferenceInvalid(error)) throw imageFault(spec.image, error);
    if (!isImageMissing(error)) throw error;
    if (spec.pull === "never") {
      const text = `image ${spec.image} is not on this machine, and images of the platform are not pulled`;
      throw new ContainerStartFailed("host", text, { cause: error });
    }
    if (spec.pull === "always") throw imageFault(spec.image, error);
  }
  await unlessAborted(parts.puller.pull(spec.image), signal);
  return startInTurn(parts, spec, signal);
}

function imageFault(image: string, cause: unknown): ContainerStartFailed {
  return new ContainerStartFailed("image", `Failed to pull container image '${image}': ${(cause as Error).message}`, {
    cause,
  });
}

/** A pull that fails is no harm to an image with a fixed tag: an earlier copy of it is as good. */
async function refresh(puller: ImagePuller, image: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await unlessAborted(puller.pull(image), signal);
  } catch (error) {
    if (wantsLatest(image) || signal?.aborted === true) throw error;
  }
}

/** A pull is shared, so giving up on it ends only one caller's wait. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function startInTurn(parts: StartParts, spec: ContainerSpec, signal?: AbortSignal): Promise<Container> {
  const leave = await parts.gate.enter(signal);
  try {
    const address = parts.network.addresses.take(spec.name);
    const id = await createContainer(parts, spec, address);
    return await startContainer(parts, { spec, address, id }, signal);
  } finally {
    leave();
  }
}

async function createContainer(parts: StartParts, spec: ContainerSpec, address: string): Promise<string> {
  const { engine, network, ownerId, apiHost, callTimeoutMs } = parts;
  const name = `${parts.namePrefix}${spec.name}`;
  const release = (): void => network.addresses.release(address);
  try {
    const body = containerRequest(spec, { ownerId, network: network.name, address, apiHost });
    const answer = await engine.call("POST", `/containers/create?name=${name}`, { body, timeoutMs: callTimeoutMs });
    return (answer as { Id: string }).Id;
  } catch (error) {
    if (isUnanswered(error)) parts.removal.later(name, release);
    else release();
    throw error;
  }
}

async function startContainer(
  parts: StartParts,
  { spec, address, id }: { spec: ContainerSpec; address: string; id: string },
  signal: AbortSignal | undefined,
): Promise<Container> {
  const { engine, removal, network, callTimeoutMs: timeoutMs } = parts;
  const release = (): void => network.addresses.release(address);
  try {
    signal?.throwIfAborted();
    // Attached before it starts: nothing that it prints is missed.
    const stream = await engine.open("POST", `/containers/${id}/attach?stream=1&stdout=1&stderr=1`, { timeoutMs });
    const output = containerOutput(stream);
    await engine.call("POST", `/containers/${id}/start`, { timeoutMs });
    signal?.throwIfAborted();
    return dockerContainer({ ...parts, id, name: spec.name, address, output, released: release });
  } catch (error) {
    await discard(removal, id, isUnanswered(error)).then(release, () => removal.later(id, release));
    throw error;
  }
}

/** An engine that has just not answered is not waited for a second time. */
async function discard(removal: ContainerRemoval, id: string, unanswered: boolean): Promise<void> {
  if (unanswered) throw new Error("left to the background");
  await removal.now(id);
}

function isUnanswered(error: unknown): boolean {
  return error instanceof EngineError && error.status === undefined;
}
