import { Conflict, type InvokerState } from "@meringue/core";
import type { ConsulClient } from "./consul-client.ts";
import { type ConsulKeys, keyPath, readKeys, readState } from "./invoker-keys.ts";

export interface LeaseOptions {
  readonly client: ConsulClient;
  readonly keys: ConsulKeys;
  /** The name of the service in Consul's catalogue. */
  readonly service: string;
  /** How long the holder may be silent, in milliseconds. */
  readonly ttlMs: number;
}

/** The hold of one process on the number of an invoker, in Consul: a service with a check, and a session that hangs on it. */
export interface InvokerLease {
  /** Takes it. @throws Conflict when another living process has the number; ServiceUnavailable */
  take(state: InvokerState): Promise<void>;
  /** Says that its holder lives. @returns false when Consul knows nothing of it any more. @throws ServiceUnavailable */
  renew(): Promise<boolean>;
  /** Says something else of the invoker. @returns false when it is held no more. @throws ServiceUnavailable */
  tell(state: InvokerState): Promise<boolean>;
  /** Gives it back. @throws ServiceUnavailable */
  giveBack(): Promise<void>;
}

/** Least time to live that Consul lets a session have, in milliseconds. */
const SESSION_TTL_MS = 30_000;
/** How long Consul remembers a service that is silent, for its operators. */
const FORGET_AFTER = "1h";

export function invokerLease(instance: number, { client, keys, service, ttlMs }: LeaseOptions): InvokerLease {
  const serviceId = `${service}-${instance}`;
  const checkId = `service:${serviceId}`;
  const path = keyPath(keys.invoker(instance));
  let session: string | undefined;

  const pass = async (): Promise<boolean> => {
    const call = {
      method: "PUT",
      path: `/v1/agent/check/pass/${encodeURIComponent(checkId)}`,
      also: [404, 500],
    } as const;
    return (await client.call(call)).status === 200;
  };
  const register = async ({ uniqueName, displayedName, userMemoryMb }: InvokerState): Promise<void> => {
    await client.call({
      method: "PUT",
      path: "/v1/agent/service/register",
      body: {
        ID: serviceId,
        Name: service,
        Meta: {
          instance: String(instance),
          uniqueName: uniqueName ?? "",
          displayedName: displayedName ?? "",
          userMemoryMb: String(userMemoryMb),
        },
        Check: { CheckID: checkId, TTL: `${ttlMs}ms`, DeregisterCriticalServiceAfter: FORGET_AFTER },
      },
    });
    await pass();
  };
  const openSession = async (): Promise<string> => {
    const body = {
      Name: serviceId,
      LockDelay: "0s",
      Behavior: "delete",
      TTL: `${Math.max(SESSION_TTL_MS, ttlMs)}ms`,
      NodeChecks: [],
      ServiceChecks: [{ ID: checkId }],
    };
    const { json } = await client.call({ method: "PUT", path: "/v1/session/create", body });
    return (json as { readonly ID: string }).ID;
  };
  const acquire = async (state: InvokerState): Promise<boolean> =>
    (await client.call({ method: "PUT", path, query: { acquire: session ?? "" }, body: state })).json === true;
  const end = async (id: string): Promise<void> => {
    await client.call({ method: "PUT", path: `/v1/session/destroy/${id}` });
  };
  /** A process of the same name that still has the number is one that was killed: it has nothing more to say. */
  const evictFormerSelf = async ({ uniqueName }: InvokerState): Promise<void> => {
    const { status, json } = await client.call({ method: "GET", path, also: [404] });
    const [holder] = status === 404 ? [] : readKeys(json);
    if (holder?.session === undefined) return;
    if (uniqueName === undefined || readState(instance, holder.value)?.uniqueName !== uniqueName) {
      throw new Conflict(`Invoker ${instance} is another process.`);
    }
    await end(holder.session);
  };

  return {
    async take(state) {
      await evictFormerSelf(state);
      await register(state);
      session = await openSession();
      if (await acquire(state)) return;
      await end(session);
      session = undefined;
      throw new Conflict(`Invoker ${instance} is another process.`);
    },
    async renew() {
      if (session === undefined || !(await pass())) return false;
      const call = { method: "PUT", path: `/v1/session/renew/${session}`, also: [404] } as const;
      return (await client.call(call)).status === 200;
    },
    tell: async (state) => session !== undefined && (await acquire(state)),
    async giveBack() {
      if (session !== undefined) await end(session);
      session = undefined;
      const call = { method: "PUT", path: `/v1/agent/service/deregister/${serviceId}`, also: [404, 500] } as const;
      await client.call(call);
    },
  };
}
