import type { AddressInfo } from "node:net";
import { healthTest, invokerStatuses, type LoadBalancer, loadBalancer } from "@meringue/controller";
import {
  type ActivationSender,
  Conflict,
  enclosingActivations,
  type InvokerRegistry,
  recoverEnclosing,
} from "@meringue/core";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { DRAIN_MS } from "../foundation.ts";
import { leave, startApi } from "../serve-api.ts";
import { type RunningServer, urlOf } from "../standalone.ts";
import { isLoopback, type SeededAccounts, seedAccounts } from "../well-known-keys.ts";
import { actionFinder } from "./action-finder.ts";
import { accountLines, roleBanner } from "./banner.ts";
import { type ClusterFoundation, clusterFoundation } from "./cluster-foundation.ts";
import { type ClusterParts, openClusterParts } from "./cluster-parts.ts";

/** How long a controller waits for word of an invoker before it serves all the same, in milliseconds. */
const INVOKERS_MS = 15_000;

/** The role `controller`: the API and the load balancer. What it accepts is run by invokers elsewhere. */
export async function startControllerRole(given: Config, logger: Logger): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack();
  const instance = given.instance ?? 0;
  const own = await clusterFoundation(given, logger, stack);
  const { config, store } = own;
  const accounts = await seeded(own);
  const parts = await openClusterParts(own, { role: "controller", instance }, stack);
  const foundation = { ...own, changes: parts.changes };
  const registry = await parts.registry();
  stack.defer(() => registry.close());
  const sender = await parts.bus.openSender(String(instance));
  stack.defer(() => sender.close());
  const balancer = await balancerOf(foundation, { registry, sender, parts });
  stack.defer(() => balancer.close(DRAIN_MS));
  const enclosings = enclosingActivations({ ...store, ...foundation });
  const ended = await recoverEnclosing({ ...foundation, ...store });
  if (ended > 0) logger.info({ ended }, "ended what the last process left unfinished");
  await someInvoker(registry, foundation);
  const disabled = Promise.withResolvers<void>();
  const app = await startApi(foundation, enclosings, {
    dispatcher: balancer,
    inFlight: balancer.inFlight,
    running: { logsOf: () => undefined }, // what a container prints is known where it runs
    invokerStatus: () => invokerStatuses(balancer.invokers()),
    disable: () => disabled.resolve(),
    operatorRoutes: isLoopback(config.host),
  });
  stack.defer(() => enclosings.close(DRAIN_MS));
  stack.defer(() => leave(app, foundation.clock));
  const url = urlOf(config.host, (app.server.address() as AddressInfo).port);
  const everything = stack.move();
  const role = `controller${instance}`;
  return {
    banner: roleBanner({ url, role, config, notes: [], ready: accountLines(accounts, config.publicUrl ?? url) }),
    disabled: disabled.promise,
    close: () => everything.disposeAsync(),
  };
}

/** Controllers that start at the same time meet here: who comes second finds what the first has made. */
async function seeded({ store, config }: ClusterFoundation): Promise<SeededAccounts> {
  const seed = (): Promise<SeededAccounts> => seedAccounts(store.subjects, isLoopback(config.host));
  try {
    return await seed();
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return seed();
  }
}

/** Waits until an invoker is known that takes work, so that nobody is refused only because this controller is new; but not for ever. */
async function someInvoker(registry: InvokerRegistry, { clock, logger }: ClusterFoundation): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const stop = registry.watch((invokers) => {
    if (invokers.some(({ health }) => health === "healthy")) resolve(true);
  });
  const cancel = clock.after(INVOKERS_MS, () => resolve(false));
  if (!(await promise)) logger.warn("no invoker is known yet that takes work");
  cancel();
  stop();
}

interface Reach {
  readonly registry: InvokerRegistry;
  readonly sender: ActivationSender;
  readonly parts: ClusterParts;
}

async function balancerOf(foundation: ClusterFoundation, { registry, sender, parts }: Reach): Promise<LoadBalancer> {
  const { config, store } = foundation;
  const find = actionFinder(store.entities);
  return loadBalancer({
    ...foundation,
    activations: store.activations,
    registry,
    sender,
    controllers: () => config.clusterSize,
    fractions: { managed: config.managedFraction / 100, blackbox: config.blackboxFraction / 100 },
    timeouts: { factor: config.completionFactor, addonMs: config.completionAddonMs },
    queueLimit: config.queueLimit,
    lostAfterMs: config.invokerLostMs,
    healthTest: await healthTest({ ...foundation, entities: store.entities, controller: sender.controller }),
    leftBehind: {
      openReceiver: (instance) => parts.bus.openReceiver(instance, `controller${sender.controller}`),
      actionOf: ({ action }) => find(action),
    },
  });
}
