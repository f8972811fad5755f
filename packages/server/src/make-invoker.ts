import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { ApiEntrance } from "@meringue/core";
import { type Invoker, invoker } from "@meringue/invoker";
import { openBuildCache } from "./build-cache.ts";
import { cachedCode } from "./code-cache.ts";
import { codeOf } from "./code-of.ts";
import { containerEnv } from "./container-env.ts";
import { type ChosenRuntimes, chooseRuntimes } from "./container-runtimes.ts";
import { DRAIN_MS, type Foundation } from "./foundation.ts";
import { ownerId } from "./owner-id.ts";

/** Cold starts at a time, for each processor: more would make every one of them end late. */
const STARTS_PER_CORE = 3;

/** Makes what runs activations on this machine. It is not yet told of what an earlier process left: see `Invoker.recover`. */
export async function makeInvoker(
  { config, logger, manifest, limits, storeLevels, store, changes, feed, parameterLocks, clock, warn }: Foundation,
  entranceFor: (namespaceOf: (containerName: string) => string | undefined) => ApiEntrance,
  stack: AsyncDisposableStack,
): Promise<{ readonly running: Invoker; readonly chosen: ChosenRuntimes }> {
  let running: Invoker | undefined;
  const entrance = entranceFor((name) => running?.namespaceOf(name));
  const owner = await ownerId(config.dataDir);
  const chosen = await chooseRuntimes(config, owner, join(config.dataDir, "cache"), entrance);
  for (const runtime of chosen.runtimes) {
    stack.defer(() => runtime.close());
    const removed = await runtime.removeLeftovers();
    if (removed > 0) logger.info({ runtime: runtime.name, removed }, "removed what a dead server left");
  }
  running = invoker({
    runtimes: chosen.runtimes,
    manifest,
    limits,
    storeLevels,
    activations: store.activations,
    journal: store.journal,
    feed,
    clock,
    codeOf: config.store === "couchdb" ? cachedCode(codeOf(store.entities)) : codeOf(store.entities),
    parameterLocks,
    memoryMb: config.userMemoryMb,
    parallelStarts: availableParallelism() * STARTS_PER_CORE,
    firstStarts: availableParallelism(),
    pauseGraceMs: config.pauseGraceMs,
    idleTimeoutMs: config.idleTimeoutMs,
    rewarm: config.rewarm === "on",
    queueLimit: config.queueLimit,
    pullPolicy: "if-absent",
    ...(await openBuildCache(config)),
    containerEnv: containerEnv(limits, config.apiHost),
    warn,
  });
  const { close } = running;
  stack.defer(() => close(DRAIN_MS));
  const { changed } = running;
  changes.subscribe((change) => {
    if (change.kind === "entity") changed(change.id);
  });
  return { running, chosen };
}
