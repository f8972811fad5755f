import type { AddressInfo } from "node:net";
import type { App } from "@meringue/controller";
import { enclosingActivations, type InFlight, localChangeFeed, recoverEnclosing } from "@meringue/core";
import type { Invoker } from "@meringue/invoker";
import type { Logger } from "pino";
import { apiEntrance } from "./api-entrance.ts";
import { banner } from "./banner.ts";
import type { Config } from "./config/config.ts";
import { serverVersion } from "./config/version.ts";
import type { ChosenRuntimes } from "./container-runtimes.ts";
import { DRAIN_MS, type Foundation, foundationOf } from "./foundation.ts";
import { makeDataDir } from "./make-data-dir.ts";
import { makeInvoker } from "./make-invoker.ts";
import { readManifest } from "./manifest-file.ts";
import { type Behind, drain, startApi } from "./serve-api.ts";
import { openStores, storeNotes } from "./stores.ts";
import { isLoopback, seedAccounts } from "./well-known-keys.ts";

/** A server that serves. */
export interface RunningServer {
  /** What to show the operator; ends with the line `ready: http://HOST:PORT`. */
  readonly banner: string;
  /** Resolves when somebody asked for an end through the API (`POST /disable`). */
  readonly disabled: Promise<void>;
  /** Finishes what runs, then stops everything. */
  close(): Promise<void>;
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
  const foundation = foundationOf({ config, logger, manifest, store, changes });

  const worker = Promise.withResolvers<Invoker>();
  worker.promise.catch(() => undefined); // whoever starts the server hears of it; a request that waits does too
  const disabled = Promise.withResolvers<void>();
  const enclosings = enclosingActivations({ ...foundation.store, ...foundation });
  const app = await startApi(foundation, enclosings, {
    ...waysTo(worker.promise),
    invokerStatus: () => [{ name: "invoker0/0", status: "up" }],
    disable: () => disabled.resolve(),
    operatorRoutes: isLoopback(config.host),
  });
  stack.defer(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  try {
    const { running, chosen } = await startInvoker(foundation, app, port, stack);
    worker.resolve(running);
    stack.defer(() => enclosings.close(DRAIN_MS));
    stack.defer(() => drain(app));
    const url = urlOf(config.host, port);
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

/** What the API needs of the invoker. Until there is one, activations wait for it, and nothing runs. */
function waysTo(worker: Promise<Invoker>): Pick<Behind, "dispatcher" | "inFlight" | "running"> {
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
  foundation: Foundation,
  app: App,
  port: number,
  stack: AsyncDisposableStack,
): Promise<{ readonly running: Invoker; readonly chosen: ChosenRuntimes }> {
  const { store, clock, storeLevels, feed, logger } = foundation;
  const { running, chosen } = await makeInvoker(
    foundation,
    (namespaceOf) =>
      apiEntrance({
        port,
        serve: (request, response, caller) => app.handle(request, response, caller),
        namespaceOf,
      }),
    stack,
  );
  const recovered = (await recoverEnclosing({ ...store, clock, storeLevels, feed })) + (await running.recover());
  if (recovered > 0) logger.info({ recovered }, "took up what the last server left unfinished");
  running.warmUp();
  return { running, chosen };
}

/** @param host address to listen on. @returns `http://HOST:PORT` */
export function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
