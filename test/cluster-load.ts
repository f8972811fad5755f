import { isJsonObject } from "@meringue/core";
import { type ApiAnswer, type ApiClient, apiClient } from "./api-client.ts";

/** Calls that go on until they are told to end, and what was answered. */
export interface Load {
  /** Ids that were answered: each was accepted, and must have a record. */
  readonly accepted: ReadonlySet<string>;
  /** Answers that were none: a status of a call that nobody refused, or a broken connection; by what was called. */
  readonly failures: readonly string[];
  /** Resolves once so many more calls have been answered. */
  answered(count: number): Promise<void>;
  /** Lets the calls that run end. */
  stop(): Promise<void>;
}

/** What is called over and over, each by callers of its own. */
const CALLS = {
  read: (client: ApiClient) => client.call("GET", "actions/busy"),
  list: (client: ApiClient) => client.call("GET", "actions"),
  blocking: (client: ApiClient) => client.call("POST", "actions/busy?blocking=true", { n: 1 }),
  later: (client: ApiClient) => client.call("POST", "actions/busy", { n: 2 }),
  sequence: (client: ApiClient) => client.call("POST", "actions/twice?blocking=true", { n: 3 }),
} as const;
type Call = keyof typeof CALLS;

/** Those that HTTP calls idempotent: nobody may see one fail. */
export const IDEMPOTENT: readonly Call[] = ["read", "list"];

const CODE = `async function main({ n }) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { n };
}`;

/** Makes what the load calls. */
export async function prepareLoad(url: string, key: string): Promise<void> {
  const client = apiClient(url, key);
  const made = [
    await client.call("PUT", "actions/busy?overwrite=true", { exec: { kind: "nodejs:default", code: CODE } }),
    await client.call("PUT", "actions/twice?overwrite=true", {
      exec: { kind: "sequence", components: ["/_/busy", "/_/busy"] },
    }),
  ];
  for (const { status, text } of made) if (status !== 200) throw new Error(`${status} ${text}`);
}

/** Begins to call. */
export function startLoad(url: string, key: string): Load {
  const client = apiClient(url, key);
  const accepted = new Set<string>();
  const failures: string[] = [];
  const waiting: { readonly at: number; readonly resolve: () => void }[] = [];
  let count = 0;
  let stopped = false;

  const note = (name: Call, { status, json, text }: ApiAnswer): void => {
    const id = isJsonObject(json) ? json["activationId"] : undefined;
    if (typeof id === "string") accepted.add(id);
    if (status !== 200 && status !== 202) failures.push(`${name}: ${status} ${text.slice(0, 200)}`);
    count++;
    for (const { at, resolve } of waiting) if (count >= at) resolve();
  };
  const call = async (name: Call): Promise<void> => {
    while (!stopped) {
      try {
        note(name, await CALLS[name](client));
      } catch (error) {
        failures.push(`${name}: ${(error as Error).cause ?? error}`);
      }
    }
  };
  const callers = (Object.keys(CALLS) as Call[]).map(call);
  return {
    accepted,
    failures,
    answered: (more) => new Promise((resolve) => waiting.push({ at: count + more, resolve })),
    async stop() {
      stopped = true;
      await Promise.all(callers);
    },
  };
}

const MANY = 200;

/** Waits until every activation has its record. @returns how many ended as each status. */
export async function recordsOf(url: string, key: string, ids: ReadonlySet<string>): Promise<Record<string, number>> {
  const client = apiClient(url, key);
  const statuses: Record<string, number> = {};
  const open = new Set(ids);
  while (open.size > 0) {
    for (const id of [...open].slice(0, MANY)) {
      const { status, json } = await client.call("GET", `activations/${id}`);
      if (status !== 200 || !isJsonObject(json) || !isJsonObject(json["response"])) continue;
      open.delete(id);
      const outcome = String(json["response"]["status"]);
      statuses[outcome] = (statuses[outcome] ?? 0) + 1;
    }
  }
  return statuses;
}
