import { Server as NetServer } from "node:net";
import { type App, buildApp, type InvokerStatus } from "@meringue/controller";
import {
  actionCatalogue,
  authenticator,
  byteBudget,
  type Clock,
  type Dispatcher,
  type EnclosingActivations,
  type InFlight,
  namespaceOwners,
  type RunningLogs,
  type SystemLimits,
  throttles,
  withinBudget,
} from "@meringue/core";
import { boundConnections } from "./bound-connections.ts";
import { serverVersion } from "./config/version.ts";
import { maxConnections } from "./descriptors.ts";
import { DRAIN_MS, type Foundation } from "./foundation.ts";
import { isLoopback, WELL_KNOWN_UUIDS } from "./well-known-keys.ts";

const MEBIBYTE = 1024 * 1024;

/** What is behind the API: who runs activations, and who hears of its operators. */
export interface Behind {
  readonly dispatcher: Dispatcher;
  readonly inFlight: InFlight;
  readonly running: RunningLogs;
  invokerStatus(): readonly InvokerStatus[];
  disable(): void;
  /** See the controller's `AppDependencies`. */
  readonly operatorRoutes: boolean;
}

/** Serves the API on the address that the settings name. Whoever started it closes it, with {@link drain} where requests may run. */
export async function startApi(
  { config, logger, manifest, limits, storeLevels, store, parameterLocks, changes, feed, ids, clock }: Foundation,
  enclosings: EnclosingActivations,
  { dispatcher, inFlight, running, invokerStatus, disable, operatorRoutes }: Behind,
): Promise<App> {
  const budget = byteBudget(config.activationMemoryMb * MEBIBYTE);
  const app = buildApp({
    entities: store.entities,
    activations: store.activations,
    ...throttled(withinBudget(dispatcher, budget), limits, clock),
    budget,
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
    sharedPackagesExecuteOnly: config.sharedPackagesExecuteOnly === "on",
    build: { date: serverVersion(), number: serverVersion() },
    logger,
    operatorRoutes,
    admin: { username: config.controllerUser, password: config.controllerPassword },
    invokerStatus,
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

/** Takes no more requests and waits for those that run, but not for ever. */
export async function drain(app: App): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
  await app.close();
  clearTimeout(timer);
}

/** Longer than a proxy in front keeps a connection that it does not use: see nginx/nginx-config.ts. */
const LEAVE_MS = 1_500;

/**
 * Takes a controller out from behind a proxy, so that no call fails: nobody can connect any more, and who is connected is
 * served, with the word that this was the last call. Idle connections are left for the proxy to close, as it may be using
 * one right now.
 */
export async function leave(app: App, clock: Clock): Promise<void> {
  NetServer.prototype.close.call(app.server); // an HTTP server's own would close what idles
  app.server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
  await new Promise<void>((resolve) => clock.after(LEAVE_MS, resolve));
  await drain(app);
  app.server.closeAllConnections();
}
