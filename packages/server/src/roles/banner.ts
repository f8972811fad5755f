import type { Config } from "../config/config.ts";
import { serverVersion } from "../config/version.ts";
import { storeNotes } from "../stores.ts";
import type { SeededAccounts } from "../well-known-keys.ts";

export interface RoleFacts {
  /** `controller0`. */
  readonly role: string;
  readonly url: string;
  readonly config: Config;
  readonly notes: readonly string[];
  /** What else is to be read, last. */
  readonly ready?: readonly string[];
}

/** What a person reads when a part of a cluster has started. The last line, `ready: …`, is also for programs. */
export function roleBanner({ role, url, config, notes, ready = [] }: RoleFacts): string {
  const { kafka, consul } = config.cluster;
  const registry = config.registry === "consul" ? `Consul at ${consul.url}` : "Kafka's topic health";
  const lines = [
    `meringue ${serverVersion()}, ${role}`,
    `  data: ${config.dataDir}`,
    ...storeNotes(config).map((note) => `  ${note}`),
    `  bus: Kafka at ${kafka.brokers.join(", ")}; registry: ${registry}`,
    ...notes.map((note) => `  ${note}`),
    ...ready,
    `ready: ${url}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** How to reach the API as `guest`. @param url where clients find it */
export function accountLines({ fresh, guestKey }: SeededAccounts, url: string): readonly string[] {
  const key = guestKey ?? '"$(npm run -s meringue -- admin user get guest)"';
  return [
    ...fresh.map(({ name, authKey }) => `  new key of ${name}, shown this once: ${authKey}`),
    `wsk property set --apihost ${url}`,
    `wsk property set --auth ${key}`,
  ];
}
