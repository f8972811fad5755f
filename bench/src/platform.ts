import { startServer } from "@meringue/testkit/server-process";
import { type Answer, httpCall } from "./http-call.ts";
import type { LoadRequest } from "./load.ts";
import type { Bench, Target } from "./scenario.ts";

/** A platform under test, with calls as its API has them. */
export interface Platform extends AsyncDisposable {
  /** `http://HOST:PORT`. */
  readonly origin: string;
  /** The server's process, when it is ours. */
  readonly pid: number | undefined;
  /** Who calls. */
  readonly headers: Readonly<Record<string, string>>;
  /** What an entity is really called: at a target nothing may get in the way of what is there. */
  named(name: string): string;
  /** @param memoryMb what the action's containers get; 256 unless told. */
  put(name: string, exec: object, memoryMb?: number): Promise<void>;
  /** A call to the API below `/api/v1/namespaces/_`. @throws Error with the answer when it is not 2xx. */
  call(method: string, path: string, body?: object): Promise<unknown>;
  /** A blocking invocation. @returns milliseconds until the answer. */
  invoke(name: string): Promise<number>;
  /** A blocking invocation, for a load generator. */
  invocation(name: string): LoadRequest;
  /** A GET below `/api/v1/namespaces/_`, for a load generator. */
  reading(path: string): LoadRequest;
}

export const HELLO = {
  kind: "nodejs:default",
  code: "function main({ name = 'stranger' }) { return { greeting: `hello ${name}` }; }",
};
export const HELLO_PYTHON = {
  kind: "python:default",
  code: "def main(args):\n    return {'greeting': 'hello ' + args.get('name', 'stranger')}\n",
};
export const ARGUMENTS = '{"name":"Ada"}';

const BASE = "/api/v1/namespaces/_";

/** The target, or the server that a smoke run has for all, or one of this checkout started with `flags`. */
export async function openPlatform(bench: Bench, flags: readonly string[] = []): Promise<Platform> {
  const { target, shared } = bench;
  if (target !== undefined) return visiting(target);
  return shared === undefined
    ? startPlatform(bench, flags)
    : { ...shared, [Symbol.asyncDispose]: async () => undefined };
}

/** Somebody else's endpoint: what is made there has names of its own, and is deleted in the end. */
function visiting({ url, auth }: Target): Platform {
  const prefix = `bench_${Date.now().toString(36)}_`;
  const made = new Set<string>();
  const platform = platformAt(url, auth, undefined, {
    prefix,
    onWrite: (method, path) => {
      if (method === "PUT") made.add(path.replace(/\?.*/, ""));
      if (method === "DELETE") made.delete(path);
    },
    dispose: async () => {
      for (const path of [...made].reverse()) await platform.call("DELETE", path);
    },
  });
  return platform;
}

/** Starts a server of this checkout. */
export async function startPlatform(
  bench: Pick<Bench, "profileDir">,
  flags: readonly string[] = [],
  options: { readonly dataDir?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Platform> {
  const { profileDir } = bench;
  const profile = profileDir === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileDir}` };
  const server = await startServer({
    ...options,
    flags: flags.includes("--containers") ? flags : ["--containers", "sandbox", ...flags],
    env: { ...profile, ...options.env },
  });
  return platformAt(server.url, server.guestKey, server.child.pid, { dispose: () => server[Symbol.asyncDispose]() });
}

interface Ways {
  /** Begins the names of entities. */
  readonly prefix?: string;
  /** Hears of everything that is about to be changed. */
  readonly onWrite?: (method: string, path: string) => void;
  readonly dispose?: () => Promise<void>;
}

/**
 * An endpoint as somebody with a key sees it.
 * @param pid the server's process, when it runs here
 */
export function platformAt(url: string, auth: string, pid?: number, ways: Ways = {}): Platform {
  const { prefix = "", onWrite, dispose = async () => undefined } = ways;
  const { origin } = new URL(url);
  const headers = {
    Authorization: `Basic ${Buffer.from(auth).toString("base64")}`,
    "Content-Type": "application/json",
  };
  const send = async (method: string, path: string, body?: object): Promise<Answer> => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    onWrite?.(method, path);
    const answer = await httpCall(`${origin}${BASE}${path}`, { method, headers, body: text });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  };
  return {
    origin,
    pid,
    headers,
    named: (name) => prefix + name,
    call: async (method, path, body) => JSON.parse((await send(method, path, body)).text),
    async put(name, exec, memoryMb = 256) {
      await send("PUT", `/actions/${prefix}${name}?overwrite=true`, { exec, limits: { memory: memoryMb } });
    },
    async invoke(name) {
      return (await send("POST", `/actions/${prefix}${name}?blocking=true&result=true`, {})).ms;
    },
    invocation(name) {
      const path = `${BASE}/actions/${prefix}${name}?blocking=true&result=true`;
      return { method: "POST", path, headers, body: ARGUMENTS };
    },
    reading: (path) => ({ method: "GET", path: `${BASE}${path}`, headers, body: "" }),
    [Symbol.asyncDispose]: dispose,
  };
}
