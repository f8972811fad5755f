import { type ServerProcess, startServer } from "@meringue/testkit/server-process";

/** A platform under test, with calls as its API has them. */
export interface Platform extends AsyncDisposable {
  readonly server: ServerProcess;
  /** @param memoryMb what the action's containers get; 256 unless told. */
  put(name: string, exec: object, memoryMb?: number): Promise<void>;
  /** A blocking invocation. @returns milliseconds until the answer, and the record. */
  invoke(
    name: string,
  ): Promise<{ readonly ms: number; readonly record: { annotations: { key: string; value: unknown }[] } }>;
  invokeUrl(name: string): string;
}

export const HELLO = {
  kind: "nodejs:default",
  code: "function main({ name = 'stranger' }) { return { greeting: `hello ${name}` }; }",
};

/** Starts a server with `flags`. */
export async function startPlatform(flags: readonly string[] = []): Promise<Platform> {
  const server = await startServer({ flags });
  const base = `${server.url}/api/v1/namespaces/_/actions`;
  const headers = {
    authorization: `Basic ${Buffer.from(server.guestKey).toString("base64")}`,
    "content-type": "application/json",
  };
  const call = async (method: string, url: string, body: object): Promise<Response> => {
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    server,
    async put(name, exec, memoryMb = 256) {
      await (await call("PUT", `${base}/${name}?overwrite=true`, { exec, limits: { memory: memoryMb } })).arrayBuffer();
    },
    async invoke(name) {
      const started = performance.now();
      const response = await call("POST", `${base}/${name}?blocking=true`, {});
      const record = (await response.json()) as { annotations: { key: string; value: unknown }[] };
      return { ms: performance.now() - started, record };
    },
    invokeUrl: (name) => `${base}/${name}?blocking=true&result=true`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
