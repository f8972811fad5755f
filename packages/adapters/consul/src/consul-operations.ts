import { type InvokerInfo, type InvokerOperations, NotFound } from "@meringue/core";
import type { ConsulClient } from "./consul-client.ts";
import { type ConsulKey, type ConsulKeys, keyPath, readKeys, readState } from "./invoker-keys.ts";

/** What operators do with invokers, by way of Consul. A wish to drain stays until it is taken back, also over restarts. */
export function consulOperations(client: ConsulClient, keys: ConsulKeys): InvokerOperations {
  const read = async (key: string, recurse: boolean): Promise<readonly ConsulKey[]> => {
    const query = recurse ? { recurse: "true" } : {};
    const { status, json } = await client.call({ method: "GET", path: keyPath(key), query, also: [404] });
    return status === 404 ? [] : readKeys(json);
  };
  const infoOf = ({ key, value }: ConsulKey): InvokerInfo[] => {
    const instance = keys.instanceOf(key);
    const state = instance === undefined ? undefined : readState(instance, value);
    if (state === undefined) return [];
    return [{ ...state, health: state.draining === true ? "draining" : "healthy", heardAt: Date.now() }];
  };

  return {
    async list() {
      return (await read(keys.invokers, true)).flatMap(infoOf).sort((one, other) => one.instance - other.instance);
    },
    async drain(instance, drain) {
      if ((await read(keys.invoker(instance), false)).length === 0) throw new NotFound();
      const path = keyPath(keys.drain(instance));
      await client.call(drain ? { method: "PUT", path, body: "drain" } : { method: "DELETE", path });
    },
  };
}
