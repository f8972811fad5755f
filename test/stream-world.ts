import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Json } from "@meringue/core";
import { type ServerProcess, startServer } from "@meringue/testkit";
import { expect } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";

/** Code that the actions of the tests begin with. */
export const TOOLS = `const { setTimeout: sleep } = require("node:timers/promises");
  const state = (globalThis.state ??= { made: 0, closed: 0 });
  async function* items(count, item, pauseMs) {
    try {
      for (let at = 0; at < count; at++) {
        if (pauseMs > 0) await sleep(pauseMs);
        state.made++;
        yield typeof item === "function" ? item(at) : item;
      }
    } finally {
      state.closed++;
      console.log("closed");
    }
  }
`;

/** What an action has beside its code. */
export interface Deployed {
  readonly annotations?: Readonly<Record<string, Json>>;
  readonly limits?: Readonly<Record<string, number>>;
}

/** A record, as far as streams show in it. */
export interface StreamRecord {
  readonly response: {
    readonly success: boolean;
    readonly status: string;
    readonly result: Json;
    readonly size: number;
  };
  readonly logs: readonly string[];
}

/** A server with web actions that stream. */
export interface StreamWorld extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly guest: ApiClient;
  /** @param body of `main(args)`, behind {@link TOOLS} */
  deploy(name: string, body: string, more?: Deployed): Promise<void>;
  /** Asks, and waits for the head of the answer. */
  open(
    path: string,
    options?: { readonly method?: string; readonly headers?: Record<string, string> },
  ): Promise<{ readonly response: IncomingMessage; readonly id: string }>;
  recordOf(id: string): Promise<StreamRecord>;
}

/** Starts a server of its own. */
export async function startStreamWorld(flags: readonly string[]): Promise<StreamWorld> {
  const server = await startServer({ flags });
  const guest = apiClient(server.url, server.guestKey);
  return {
    server,
    guest,
    async deploy(name, body, more = {}) {
      const all = { "web-export": true, stream: true, ...more.annotations };
      const exec = { kind: "nodejs:default", code: `${TOOLS} async function main(args) { ${body} }` };
      const annotations = Object.entries(all).map(([key, value]) => ({ key, value }));
      const action = { exec, annotations, limits: more.limits };
      const answer = await guest.call("PUT", `actions/${name}?overwrite=true`, action);
      expect(answer.status, answer.text).toBe(200);
    },
    async open(path, options = {}) {
      const outgoing = request(`${server.url}/api/v1/web/guest/default/${path}`, { agent: false, ...options }).end();
      const [response] = (await once(outgoing, "response")) as [IncomingMessage];
      response.on("error", () => undefined); // a test that breaks it off looks at `complete`
      return { response, id: String(response.headers["x-openwhisk-activation-id"]) };
    },
    async recordOf(id) {
      const get = () => guest.call("GET", `activations/${id}`);
      await expect.poll(async () => (await get()).status, { timeout: 10_000 }).toBe(200);
      return (await get()).json as unknown as StreamRecord;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
