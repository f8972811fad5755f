import {
  type InvokerHealth,
  type InvokerInfo,
  type InvokerOperations,
  isJsonObject,
  type Json,
  ServiceUnavailable,
} from "@meringue/core";
import { readConfig } from "../config/read-config.ts";

/** An operator asked for what this registry does not carry. */
export class NeedsUrl extends Error {
  override readonly name = "NeedsUrl";
}

/** The original's words, as far as they tell. One that is down may drain. */
const HEALTHS: Readonly<Record<string, InvokerHealth>> = {
  up: "healthy",
  unhealthy: "unhealthy",
  unresponsive: "unresponsive",
  down: "offline",
};

/**
 * The way to a cluster's invokers that the settings name. Whoever opened it closes it.
 * @param url of a controller (for a list) or of the invoker (to drain it); undefined: by the registry.
 * @throws NeedsUrl without a URL where the registry is Kafka, which carries no wishes; BadConfig
 */
export async function openInvokerOperations(
  url: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<InvokerOperations & AsyncDisposable> {
  const config = readConfig([], env);
  if (url !== undefined) {
    const credentials = { username: config.controllerUser, password: config.controllerPassword };
    return { ...operationsByHttp(url, credentials), [Symbol.asyncDispose]: async () => undefined };
  }
  if (config.registry !== "consul") {
    throw new NeedsUrl("With Kafka as the registry name a controller (list) or the invoker (drain, undrain) by --url.");
  }
  const { consulInvokers } = await import("@meringue/consul");
  const consul = consulInvokers({ ...config.cluster.consul, warn: () => undefined }); // what fails is thrown, too
  return { ...consul.operations, [Symbol.asyncDispose]: async () => consul.close() };
}

/** By the routes that the original has: a controller's `/invokers`, an invoker's `/disable` and `/enable`. */
export function operationsByHttp(
  url: string,
  { username, password }: { readonly username: string; readonly password: string },
): InvokerOperations {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const call = async (method: string, path: string): Promise<string> => {
    const target = new URL(path, url);
    const response = await fetch(target, { method, headers: { authorization } }).catch((cause: Error) => {
      throw new ServiceUnavailable(undefined, { cause: new Error(`${target.origin} cannot be reached`, { cause }) });
    });
    const text = await response.text();
    if (response.ok) return text;
    const cause = new Error(`${target.href} answered ${response.status} ${text.slice(0, 200)}`.trim());
    throw new ServiceUnavailable(undefined, { cause });
  };
  return {
    list: async () => invokersOf(JSON.parse(await call("GET", "/invokers")) as Json),
    async drain(_instance, on) {
      await call("POST", on ? "/disable" : "/enable");
    },
  };
}

function invokersOf(json: Json): readonly InvokerInfo[] {
  return Object.entries(isJsonObject(json) ? json : {}).map(([name, status]) => {
    const [number = "", uniqueName, displayedName] = name.split("/");
    return {
      instance: Number(number.replace(/\D/g, "")),
      ...(uniqueName === undefined ? {} : { uniqueName }),
      ...(displayedName === undefined ? {} : { displayedName }),
      userMemoryMb: 0, // a controller does not tell
      health: HEALTHS[String(status)] ?? "offline",
      heardAt: 0,
    };
  });
}
