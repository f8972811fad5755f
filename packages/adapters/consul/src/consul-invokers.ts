import type { Clock, InvokerAnnouncer, InvokerOperations, InvokerRegistry } from "@meringue/core";
import { consulAnnouncer } from "./consul-announcer.ts";
import { type ConsulServer, consulClient } from "./consul-client.ts";
import { consulOperations } from "./consul-operations.ts";
import { consulRegistry } from "./consul-registry.ts";
import { consulKeys } from "./invoker-keys.ts";

export interface ConsulOptions extends ConsulServer {
  /** Where in Consul's store this cluster's keys are, and the name of its invokers' service; `meringue` unless told. */
  readonly prefix?: string;
  /** After how long a silent invoker counts as dead, in milliseconds; 10 s unless told. */
  readonly ttlMs?: number;
  readonly clock?: Clock;
  readonly warn: (text: string, error: unknown) => void;
}

/** All that Consul is to a cluster. */
export interface ConsulInvokers {
  /** A controller's view; it is closed by itself. */
  registry(): InvokerRegistry;
  /** The end of an invoker of this process; it leaves by itself. */
  announcer(): InvokerAnnouncer;
  readonly operations: InvokerOperations;
  /** Closes its connections, after all that uses them. */
  close(): void;
}

const PREFIX = "meringue";
const TTL_MS = 10_000;

/** Speaks with one agent of Consul, which should be that of the same machine. Says nothing before it is used. */
export function consulInvokers(options: ConsulOptions): ConsulInvokers {
  const { prefix = PREFIX, ttlMs = TTL_MS, warn } = options;
  const client = consulClient(options);
  const keys = consulKeys(prefix);
  const shared = { client, keys, warn, ...(options.clock === undefined ? {} : { clock: options.clock }) };
  return {
    registry: () => consulRegistry({ ...shared, graceMs: ttlMs }),
    announcer: () => consulAnnouncer({ ...shared, service: `${prefix}-invoker`, ttlMs }),
    operations: consulOperations(client, keys),
    close: () => client.close(),
  };
}
