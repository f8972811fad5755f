import type { InvokerAnnouncer, InvokerRegistry } from "@meringue/core";
import { type KafkaBus, pingAnnouncer, pingRegistry } from "@meringue/kafka";
import type { ClusterFoundation } from "./cluster-foundation.ts";

/** The ways to the registry that the settings name. Whoever opens one closes it. */
export interface Registries {
  registry(): Promise<InvokerRegistry>;
  announcer(): Promise<InvokerAnnouncer>;
}

/** @param member such as `controller0`. */
export async function registriesOf(
  bus: KafkaBus,
  { config, clock, warn }: ClusterFoundation,
  member: string,
  stack: AsyncDisposableStack,
): Promise<Registries> {
  if (config.registry === "kafka") {
    const { pings } = bus;
    return {
      registry: () => pingRegistry({ pings, follower: member, clock }),
      announcer: async () => pingAnnouncer({ pings, clock, warn }),
    };
  }
  // loaded only where it is used
  const { consulInvokers } = await import("@meringue/consul");
  const consul = consulInvokers({ ...config.cluster.consul, clock, warn });
  stack.defer(() => consul.close());
  return { registry: async () => consul.registry(), announcer: async () => consul.announcer() };
}
