import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Activation, ActivationReceiver, Clock } from "@meringue/core";
import type { Invoker } from "@meringue/invoker";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { BadConfig } from "../config/read-config.ts";
import { fixedDefaultOf } from "../config/schema.ts";
import { DRAIN_MS } from "../foundation.ts";
import { makeInvoker } from "../make-invoker.ts";
import { type RunningServer, urlOf } from "../standalone.ts";
import { isLoopback } from "../well-known-keys.ts";
import { actionFinder } from "./action-finder.ts";
import { activationIntake, type Intake, type IntakeOptions } from "./activation-intake.ts";
import { roleBanner } from "./banner.ts";
import { type ClusterFoundation, clusterFoundation } from "./cluster-foundation.ts";
import { openClusterParts } from "./cluster-parts.ts";
import { guardedRelay } from "./guarded-relay.ts";
import { type InvokerIdentity, invokerIdentity } from "./identity.ts";
import { invokerEndpoints } from "./invoker-endpoints.ts";
import { type Presence, presence } from "./presence.ts";
import { activationEvents } from "./user-events.ts";

/** Activations in hand beyond which an invoker asks for no more: enough to keep every container of it at work. */
const MOST_IN_HAND = 1_000;
/** In which controllers hear that an invoker drains, in milliseconds. */
const HEARD_MS = 1_500;
/** How often it is looked whether all is done, in milliseconds. */
const LOOK_MS = 50;

/** The role `invoker`: takes activations from the bus and runs them on this machine. */
export async function startInvokerRole(given: Config, logger: Logger): Promise<RunningServer> {
  checkPassword(given);
  await using stack = new AsyncDisposableStack();
  const foundation = await clusterFoundation(given, logger, stack);
  const { config, clock, warn } = foundation;
  const identity = await invokerIdentity(config);
  const parts = await openClusterParts(foundation, { role: "invoker", instance: identity.instance }, stack);
  const target = config.publicUrl === undefined ? undefined : new URL(config.publicUrl);
  const { running, chosen } = await makeInvoker(foundation, (namespaceOf) => guardedRelay(target, namespaceOf), stack);
  const recovering = await recover(foundation, running);
  running.warmUp();
  const receiver = await parts.bus.openReceiver(identity.instance);
  stack.defer(() => receiver.close());
  const source = `invoker${identity.instance}`;
  const tellEnded = config.userEvents === "on" ? activationEvents(parts.events, source, clock) : undefined;
  const intake = takeWork(foundation, identity, { dispatcher: running, receiver, recovering, tellEnded });
  const present = await presence({
    announcer: await parts.announcer(),
    identity: { ...identity, userMemoryMb: config.userMemoryMb, incarnation: foundation.ids.activationId() },
    occupancy: running.occupancy,
    clock,
    warn,
  });
  stack.defer(() => present.leave());
  const url = await serveEndpoints(config, present, stack);
  stack.defer(() => finishWork({ present, receiver, intake, clock }));
  const everything = stack.move();
  const role = `${source} (${identity.uniqueName})`;
  const notes = [`memory for actions: ${config.userMemoryMb} MB`, ...chosen.notes];
  return {
    banner: roleBanner({ url, role, config, notes }),
    disabled: new Promise(() => undefined),
    close: () => everything.disposeAsync(),
  };
}

/** @throws BadConfig when strangers could drain this invoker. */
export function checkPassword({ host, controllerPassword }: Pick<Config, "host" | "controllerPassword">): void {
  if (isLoopback(host) || controllerPassword !== fixedDefaultOf("controllerPassword")) return;
  throw new BadConfig([
    `--host ${host}: an invoker that others reach can be drained with its password. Set MERINGUE_CONTROLLER_PASSWORD.`,
  ]);
}

async function serveEndpoints(config: Config, present: Presence, stack: AsyncDisposableStack): Promise<string> {
  const { host, port, controllerUser: username, controllerPassword: password } = config;
  const server = invokerEndpoints({
    username,
    password,
    isEnabled: () => !present.draining,
    enable: (on) => present.drain(!on),
  });
  server.listen({ host, port });
  await once(server, "listening");
  stack.defer(async () => {
    server.close();
    server.closeAllConnections();
  });
  return urlOf(host, (server.address() as AddressInfo).port);
}

interface WorkAtHand {
  readonly present: Presence;
  readonly receiver: ActivationReceiver;
  readonly intake: Intake;
  readonly clock: Clock;
}

/** Has the controllers send nothing more, and finishes what they have sent, but not for ever. */
async function finishWork({ present, receiver, intake, clock }: WorkAtHand): Promise<void> {
  const until = clock.now() + DRAIN_MS;
  await present.drain(true);
  const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
  await pause(HEARD_MS); // what was sent before they knew is on its way
  while ((receiver.lag() ?? 0) + intake.size > 0 && clock.now() < until) await pause(LOOK_MS);
  await intake.drain(Math.max(0, until - clock.now()));
}

/** Goes on with what an earlier process had accepted. @returns the records to come, by activation. */
async function recover(
  { store, logger }: ClusterFoundation,
  running: Invoker,
): Promise<ReadonlyMap<string, Promise<Activation>>> {
  const waiting = new Map<string, PromiseWithResolvers<Activation>>();
  for (const { message } of await store.journal.unsettled()) {
    waiting.set(message.activationId, Promise.withResolvers());
  }
  const recovered = await running.recover((record) => waiting.get(record.activationId)?.resolve(record));
  if (recovered > 0) logger.info({ recovered }, "took up what the last process left unfinished");
  return new Map([...waiting].map(([id, { promise }]) => [id, promise]));
}

function takeWork(
  { store, config, storeLevels, clock, warn }: ClusterFoundation,
  { instance, uniqueName, displayedName }: InvokerIdentity,
  ways: Pick<IntakeOptions, "dispatcher" | "receiver" | "recovering" | "tellEnded">,
): Intake {
  return activationIntake({
    ...ways,
    findAction: actionFinder(store.entities),
    activations: store.activations,
    self: { instance, uniqueName, displayedName, userMemoryMb: config.userMemoryMb },
    limit: Math.min(MOST_IN_HAND, config.queueLimit),
    storeLevels,
    clock,
    warn,
  });
}
