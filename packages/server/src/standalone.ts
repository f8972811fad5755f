import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type App, buildApp } from "@meringue/controller";
import {
  type ActivationFeed,
  actionCatalogue,
  authenticator,
  type ChangeFeed,
  type Clock,
  type Dispatcher,
  type EnclosingActivations,
  enclosingActivations,
  type Ids,
  type InFlight,
  localActivationFeed,
  localChangeFeed,
  type Manifest,
  namespaceOwners,
  type ParameterLocks,
  parameterLocks,
  type RunningLogs,
  recoverEnclosing,
  type StoreLevels,
  type SystemLimits,
  systemClock,
  throttles,
} from "@meringue/core";
import { type Invoker, invoker } from "@meringue/invoker";
import type { Logger } from "pino";
import { apiEntrance } from "./api-entrance.ts";
import { banner } from "./banner.ts";
import { boundConnections } from "./bound-connections.ts";
import { cachedCode } from "./code-cache.ts";
import { codeOf } from "./code-of.ts";
import type { Config } from "./config/config.ts";
import { systemLimits } from "./config/system-limits.ts";
import { serverVersion } from "./config/version.ts";
import { type ChosenRuntimes, chooseRuntimes } from "./container-runtimes.ts";
import { maxConnections } from "./descriptors.ts";
import { makeDataDir } from "./make-data-dir.ts";
import { readManifest } from "./manifest-file.ts";
import { ownerId } from "./owner-id.ts";
import { randomIds } from "./random-ids.ts";
import { openStores, type Stores, storeNotes } from "./stores.ts";
import { isLoopback, seedAccounts, WELL_KNOWN_UUIDS } from "./well-known-keys.ts";

/** A server that serves. */
export interface RunningServer {
  /** What to show the operator; ends with the line `ready: http://HOST:PORT`. */
  readonly banner: string;
  /** Resolves when somebody asked for an end through the API (`POST /disable`). */
  readonly disabled: Promise<void>;
  /** Finishes what runs, then stops everything. */
  close(): Promise<void>;
}

/** How long what runs may take to finish when the server is told to stop, in milliseconds. */
const DRAIN_MS = 30_000;
/** Cold starts at a time, for each processor: more would make every one of them end late. */
const STARTS_PER_CORE = 3;

/** What everything else is made of. */
interface Foundation {
  readonly config: Config;
  readonly logger: Logger;
  readonly manifest: Manifest;
  readonly limits: SystemLimits;
  readonly storeLevels: StoreLevels;
  readonly store: Stores;
  readonly parameterLocks: ParameterLocks;
  readonly changes: ChangeFeed;
  readonly feed: ActivationFeed;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly warn: (text: string, error: unknown) => void;
}

/** Everything in one process: builds the parts in order, and undoes them in the opposite order if one fails. */
export async function startStandalone(config: Config, logger: Logger): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack();
  const manifest = await readManifest(config.manifestFile);
  await makeDataDir(config.dataDir);
  const changes = localChangeFeed();
  const store = await openStores(config, manifest, {
    report: (line) => logger.warn(line),
    announce: (line) => logger.info(line),
  });
  stack.defer(() => store.close());
  store.onForeignChange((change) => changes.publish(change)); // what `meringue admin` and others do beside this process
  const accounts = await seedAccounts(store.subjects, isLoopback(config.host));
  const foundation: Foundation = {
    config,
    logger,
    manifest,
    limits: systemLimits(config),
    storeLevels: { blocking: config.storeBlockingResults, nonBlocking: config.storeNonBlockingResults },
    store,
    parameterLocks: parameterLocks({ current: config.parameterEncryption, keys: config.parameterKeys }),
    changes,
    feed: localActivationFeed(),
    ids: randomIds(),
    clock: systemClock,
    warn: (text, error) => logger.warn({ err: error }, text),
  };

  const worker = Promise.withResolvers<Invoker>();
  worker.promise.catch(() => undefined); // whoever starts the server hears of it; a request that waits does too
  const disabled = Promise.withResolvers<void>();
  const enclosings = enclosingActivations({ ...foundation.store, ...foundation });
  const app = await startApi(foundation, enclosings, worker.promise, () => disabled.resolve());
  stack.defer(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  try {
    const { running, chosen } = await startInvoker(foundation, app, port, stack);
    worker.resolve(running);
    stack.defer(() => enclosings.close(DRAIN_MS));
    stack.defer(() => drain(app));
    const url = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
    const facts = { version: serverVersion(), url, dataDir: config.dataDir, memoryMb: config.userMemoryMb, accounts };
    const notes = [...storeNotes(config), ...chosen.notes];
    const text = banner({ ...facts, ...chosen, notes }, process.stdout.isTTY);
    const everything = stack.move();
    return { banner: text, disabled: disabled.promise, close: () => everything.disposeAsync() };
  } catch (error) {
    worker.reject(error);
    throw error;
  }
}

/** Serves the API. Until there is an invoker, invocations wait for it. */
async function startApi(
  { config, logger, manifest, limits, storeLevels, store, parameterLocks, changes, feed, ids, clock }: Foundation,
  enclosings: EnclosingActivations,
  worker: Promise<Invoker>,
  disable: () => void,
): Promise<App> {
  const { dispatcher, inFlight, running } = waysTo(worker);
  const app = buildApp({
    entities: store.entities,
    activations: store.activations,
    ...throttled(dispatcher, limits, clock),
    inFlight,
    running,
    feed,
    authenticator: authenticator({
      subjects: store.subjects,
      changes,
      wellKnownUuids: WELL_KNOWN_UUIDS,
      wellKnownAllowed: isLoopback(config.host),
    }),
    owners: namespaceOwners({ subjects: store.subjects, changes }),
    ...(config.webHost === undefined ? {} : { webHost: config.webHost }),
    catalogue: actionCatalogue(store.entities, changes),
    changes,
    parameterLocks,
    manifest,
    limits,
    storeLevels,
    enclosings,
    ids,
    clock,
    build: { date: serverVersion(), number: serverVersion() },
    logger,
    operatorRoutes: isLoopback(config.host),
    admin: { username: config.controllerUser, password: config.controllerPassword },
    invokerStatus: () => [{ name: "invoker0/0", status: "up" }],
    disable,
  });
  boundConnections(app.server, maxConnections());
  await app.listen({ host: config.host, port: config.port });
  return app;
}

/** The way to the invoker, with what lets calls get so far. */
function throttled(dispatcher: Dispatcher, limits: SystemLimits, clock: Clock) {
  const { admitInvocation, admitWebCall, admitFire, counting } = throttles(limits, clock);
  return { dispatcher: counting(dispatcher), admitInvocation, admitWebCall, admitFire };
}

/** What the API needs of the invoker. Until there is one, activations wait for it, and nothing runs. */
function waysTo(worker: Promise<Invoker>): {
  readonly dispatcher: Dispatcher;
  readonly inFlight: InFlight;
  readonly running: RunningLogs;
} {
  let ready: Invoker | undefined;
  worker.then(
    (running) => {
      ready = running;
    },
    () => undefined, // each dispatch meets the reason itself
  );
  const list = (): ReturnType<InFlight["list"]> => ready?.inFlight() ?? [];
  return {
    dispatcher: {
      dispatch: (message) =>
        ready === undefined ? worker.then((running) => running.dispatch(message)) : ready.dispatch(message),
      prepare: (action, namespace) => ready?.prepare?.(action, namespace),
    },
    inFlight: {
      list,
      get size() {
        return list().length;
      },
    },
    running: { logsOf: (namespace, activationId) => ready?.logsOf(namespace, activationId) },
  };
}

async function startInvoker(
  { config, logger, manifest, limits, storeLevels, store, changes, feed, parameterLocks, clock, warn }: Foundation,
  app: App,
  port: number,
  stack: AsyncDisposableStack,
): Promise<{ readonly running: Invoker; readonly chosen: ChosenRuntimes }> {
  let running: Invoker | undefined;
  const entrance = apiEntrance({
    port,
    serve: (request, response, caller) => app.handle(request, response, caller),
    namespaceOf: (name) => running?.namespaceOf(name),
  });
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
    queueLimit: config.queueLimit,
    pullPolicy: "if-absent",
    containerEnv: {
      // Runtimes refuse a run beside another unless they are told that there may be one.
      ...(limits.concurrency[2] > 1 ? { __OW_ALLOW_CONCURRENT: "true" } : {}),
      ...(config.apiHost === undefined ? {} : { __OW_API_HOST: config.apiHost }),
    },
    warn,
  });
  const { close } = running;
  stack.defer(() => close(DRAIN_MS));
  const { changed } = running;
  changes.subscribe((change) => {
    if (change.kind === "entity") changed(change.id);
  });
  const recovered = (await recoverEnclosing({ ...store, clock, storeLevels, feed })) + (await running.recover());
  if (recovered > 0) logger.info({ recovered }, "took up what the last server left unfinished");
  running.warmUp();
  return { running, chosen };
}

/** Takes no more requests and waits for those that run, but not for ever. */
async function drain(app: App): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
  await app.close();
  clearTimeout(timer);
}
