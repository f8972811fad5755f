import { setTimeout as sleep } from "node:timers/promises";
import { type Container, type ContainerExit, ContainerGone } from "@meringue/core";
import type { ContainerOutput } from "./container-output.ts";
import type { ContainerRemoval } from "./container-removal.ts";
import { type EngineClient, EngineError } from "./engine-client.ts";

/** The port that every action image listens on. */
const ACTION_PORT = 8080;
/** How long an exit waits for the last of the output, in milliseconds. */
const OUTPUT_GRACE_MS = 1_000;
/** Between two tries to learn of an exit while the engine does not answer, in milliseconds. */
const WATCH_RETRY_MS = 1_000;
/** The engine tells the signal that ended a process as 128 + its number. */
const SIGNALLED_FROM = 129;
const SIGNALLED_TO = 128 + 64;

export interface ContainerParts {
  readonly engine: EngineClient;
  readonly removal: ContainerRemoval;
  /** The engine's id. */
  readonly id: string;
  /** The name from the spec. */
  readonly name: string;
  readonly address: string;
  readonly output: ContainerOutput;
  readonly callTimeoutMs: number;
  readonly pauseTimeoutMs: number;
  /** Called once when the container is gone from the host. */
  readonly released: () => void;
  /** Aborted when the runtime has been closed, and all its containers with it. */
  readonly closed: AbortSignal;
}

/** A container that has been started. */
export function dockerContainer(parts: ContainerParts): Container {
  const { name, address, output, removal, id } = parts;
  const removed = new AbortController();
  const gone = AbortSignal.any([removed.signal, parts.closed]);
  const exited = watchExit(parts, gone);
  let ended = false;
  let removing: Promise<void> | undefined;
  let removingLater = false;
  void exited.then(() => {
    ended = true;
  });

  const released = (): void => {
    removed.abort();
    void exited.then(() => output.close());
    parts.released();
  };

  const remove = async (): Promise<void> => {
    if (gone.aborted) return;
    try {
      await removal.now(id);
      if (!removed.signal.aborted) released();
    } catch (error) {
      removing = undefined;
      if (!removingLater && !gone.aborted) removal.later(id, released);
      removingLater = true;
      throw error;
    }
  };

  return {
    name,
    channel: { protocol: "http", address: { host: address, port: ACTION_PORT } },
    exited,
    toolchain: () => imageOf(parts),
    onOutput: output.listen,
    ...freezing(parts, () => ended || gone.aborted),
    remove() {
      removing ??= remove();
      return removing;
    },
  };
}

/** Pauses and resumes one at a time, in the order of the calls. */
function freezing(parts: ContainerParts, isGone: () => boolean): Pick<Container, "pause" | "resume"> {
  let paused = false;
  let last: Promise<void> = Promise.resolve();

  const turn = async (verb: "pause" | "unpause"): Promise<void> => {
    if (isGone()) throw new ContainerGone(`container ${parts.name} has ended`);
    if (paused === (verb === "pause")) return;
    try {
      await parts.engine.call("POST", `/containers/${parts.id}/${verb}`, { timeoutMs: parts.pauseTimeoutMs });
    } catch (error) {
      throw new ContainerGone(`container ${parts.name}: ${verb} failed: ${(error as Error).message}`, { cause: error });
    }
    paused = verb === "pause";
  };
  const inTurn = (verb: "pause" | "unpause"): Promise<void> => {
    const mine = last.then(() => turn(verb));
    last = mine.catch(() => undefined); // its caller is told; the next call has its own outcome
    return mine;
  };

  return { pause: () => inTurn("pause"), resume: () => inTurn("unpause") };
}

/** Waits until the main process has ended, however often the connection to the engine breaks meanwhile. */
async function watchExit(parts: ContainerParts, gone: AbortSignal): Promise<ContainerExit> {
  const { engine, id } = parts;
  for (;;) {
    try {
      const path = `/containers/${id}/wait?condition=not-running`;
      const { StatusCode } = (await engine.call("POST", path, { signal: gone })) as { StatusCode: number };
      await Promise.race([parts.output.ended, sleep(OUTPUT_GRACE_MS, undefined, { ref: false })]);
      return { reason: await exitReason(parts), code: exitCode(StatusCode) };
    } catch (error) {
      if (gone.aborted || (error as EngineError).status === 404) return { reason: "exited", code: null };
    }
    await sleep(WATCH_RETRY_MS, undefined, { ref: false });
  }
}

/** The image that it was made of, by its contents: what a tag names may change. */
async function imageOf({ engine, id, callTimeoutMs }: ContainerParts): Promise<string | undefined> {
  try {
    const report = await engine.call("GET", `/containers/${id}/json`, { timeoutMs: callTimeoutMs });
    return (report as { Image: string }).Image;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** The kernel's verdict is only to be had from a container that has not been removed yet. */
async function exitReason({ engine, id, callTimeoutMs }: ContainerParts): Promise<ContainerExit["reason"]> {
  try {
    const report = await engine.call("GET", `/containers/${id}/json`, { timeoutMs: callTimeoutMs });
    const { State } = report as { State: { OOMKilled: boolean } };
    return State.OOMKilled ? "out-of-memory" : "exited";
  } catch (error) {
    if (error instanceof EngineError) return "exited";
    throw error;
  }
}

function exitCode(status: number): number | null {
  return status >= SIGNALLED_FROM && status <= SIGNALLED_TO ? null : status;
}
