import { type InvokerState, isJsonObject, type Json } from "@meringue/core";

/** One key of Consul's store. */
export interface ConsulKey {
  readonly key: string;
  readonly value: string;
  /** Who holds the lock on it; undefined: nobody. */
  readonly session: string | undefined;
}

/** Where in Consul's store things are. @param prefix such as `meringue`: several clusters may share a Consul. */
export function consulKeys(prefix: string) {
  return {
    invokers: `${prefix}/invokers/`,
    invoker: (instance: number) => `${prefix}/invokers/${instance}`,
    drains: `${prefix}/drain/`,
    drain: (instance: number) => `${prefix}/drain/${instance}`,
    /** The number in any of these. @returns undefined for what is not ours. */
    instanceOf: (key: string): number | undefined => {
      const digits = /\/(\d{1,6})$/.exec(key)?.[1];
      return digits === undefined ? undefined : Number(digits);
    },
  };
}

export type ConsulKeys = ReturnType<typeof consulKeys>;

/** The path under which Consul's API has a key. */
export function keyPath(key: string): string {
  return `/v1/kv/${key.split("/").map(encodeURIComponent).join("/")}`;
}

/** Reads the answer to a query of keys. Whatever is no key is left out. */
export function readKeys(json: unknown): readonly ConsulKey[] {
  if (!Array.isArray(json)) return [];
  return (json as Json[]).flatMap((entry) => {
    if (!isJsonObject(entry)) return [];
    const { Key: key, Value: value, Session: session } = entry;
    if (typeof key !== "string") return [];
    const text = typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : "";
    return [{ key, value: text, session: typeof session === "string" ? session : undefined }];
  });
}

/** Reads what an invoker told. @returns undefined when that cannot be understood. */
export function readState(instance: number, text: string): InvokerState | undefined {
  const json = parsed(text);
  if (!isJsonObject(json) || typeof json["userMemoryMb"] !== "number") return undefined;
  const { userMemoryMb } = json;
  const texts = (name: string): Record<string, string> => {
    const value = json[name];
    return typeof value === "string" ? { [name]: value } : {};
  };
  const numbers = (name: string): Record<string, number> => {
    const value = json[name];
    return typeof value === "number" ? { [name]: value } : {};
  };
  const lists = (name: string): Record<string, string[]> => {
    const value = json[name];
    return Array.isArray(value) ? { [name]: value.filter((each) => typeof each === "string") } : {};
  };
  return {
    instance,
    userMemoryMb,
    ...texts("uniqueName"),
    ...texts("displayedName"),
    ...texts("incarnation"),
    ...numbers("freeMemoryMb"),
    ...numbers("busyMemoryMb"),
    ...lists("tags"),
    ...lists("dedicatedNamespaces"),
    ...(json["draining"] === true ? { draining: true } : {}),
    ...readWarm(json["warm"]),
  };
}

function readWarm(json: Json | undefined): { readonly warm?: Record<string, number> } {
  if (!isJsonObject(json)) return {};
  return {
    warm: Object.fromEntries(Object.entries(json).filter((entry) => typeof entry[1] === "number")) as Record<
      string,
      number
    >,
  };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // somebody else wrote it
  }
}
