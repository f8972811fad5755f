import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isJsonObject } from "@meringue/core";
import { type ServerProcess, startServer } from "@meringue/testkit";
import { describe, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";
import { leftovers } from "./leftovers.ts";

/** A few rounds with `npm test`; the gate asks for many, and shares them out to two servers at a time. */
const ALL_ROUNDS = Number(process.env["MERINGUE_KILL_ROUNDS"] ?? 4);
const SERVERS = [1, 2];
const ROUNDS = Math.ceil(ALL_ROUNDS / SERVERS.length);
const WRITERS = 3;
const MAX_WAIT_MS = 300;
const ROUND_BUDGET_MS = 10_000;

/** What the servers of all rounds acknowledged, and therefore must never lose. */
interface Acknowledged {
  /** Action → the code of its last acknowledged write, and of a later write whose answer never came. */
  readonly actions: Map<string, { code: string; unanswered: string | undefined }>;
  /** Ids of blocking activations that were answered with a record. */
  readonly recorded: string[];
  /** Ids of non-blocking activations that were accepted. */
  readonly accepted: string[];
}

describe.concurrent("a server that is killed again and again", () => {
  test.for(SERVERS)(
    `loses nothing it acknowledged, and leaves nothing behind (number %i, ${ROUNDS} rounds)`,
    {
      timeout: ROUNDS * ROUND_BUDGET_MS + 60_000,
    },
    async (_number, { expect }) => {
      const dataDir = await mkdtemp(join(tmpdir(), "meringue-kill-"));
      const known: Acknowledged = { actions: new Map(), recorded: [], accepted: [] };
      try {
        for (let round = 0; round < ROUNDS; round++) {
          const server = await startServer({ dataDir });
          const client = apiClient(server.url, server.guestKey);
          await verify(client, known, round === 0 ? 0 : WRITERS * 50, expect);
          await workUntilKilled(server, client, known, round);
        }
        await using last = await startServer({ dataDir });
        const client = apiClient(last.url, last.guestKey);
        await verify(client, known, Number.POSITIVE_INFINITY, expect);
        expect(known.accepted.length + known.recorded.length).toBeGreaterThanOrEqual(ROUNDS);
        await last.stop();
        expect(await leftovers(dataDir)).toEqual([]);
      } finally {
        await rm(dataDir, { recursive: true, force: true });
      }
    },
  );
});

/** Kills a server at a random moment: every other time only once it has answered something. */
async function workUntilKilled(
  server: ServerProcess,
  client: ApiClient,
  known: Acknowledged,
  round: number,
): Promise<void> {
  let alive = true;
  const answered = Promise.withResolvers<void>();
  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    write(client, known, { name: `a${writer}`, round, alive: () => alive, answered: answered.resolve }),
  );
  if (round % 2 === 0) await answered.promise;
  await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_WAIT_MS));
  await server.kill();
  alive = false;
  await Promise.all(writers);
}

interface Writer {
  readonly name: string;
  readonly round: number;
  alive(): boolean;
  /** Called when an invocation was acknowledged. */
  answered(): void;
}

/** Creates, updates and invokes one action in a loop, noting every answer, until the connection breaks. */
async function write(client: ApiClient, known: Acknowledged, { name, round, alive, answered }: Writer): Promise<void> {
  try {
    for (let step = 0; alive(); step++) {
      const code = `function main() { return { made: "${round}.${step}", filler: "${"x".repeat(2_000)}" }; }`;
      const before = known.actions.get(name);
      if (before !== undefined) before.unanswered = code;
      const put = await client.call("PUT", `actions/${name}?overwrite=true`, {
        exec: { kind: "nodejs:default", code },
      });
      if (put.status !== 200) throw new Error(`${put.status} ${put.text}`);
      known.actions.set(name, { code, unanswered: undefined });
      const later = await client.call("POST", `actions/${name}`, {});
      if (later.status === 202 && isJsonObject(later.json)) known.accepted.push(String(later.json["activationId"]));
      const now = await client.call("POST", `actions/${name}?blocking=true`, {});
      if (now.status === 200 && isJsonObject(now.json)) known.recorded.push(String(now.json["activationId"]));
      answered();
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch: the server is gone, as intended
  }
}

type Expect = typeof import("vitest")["expect"];

/** Everything acknowledged is there. @param lastIds how many of the newest activations to look for. */
async function verify(client: ApiClient, known: Acknowledged, lastIds: number, expect: Expect): Promise<void> {
  for (const [name, { code, unanswered }] of known.actions) {
    const { json } = await client.call("GET", `actions/${name}`);
    const exec = isJsonObject(json) && isJsonObject(json["exec"]) ? json["exec"] : {};
    expect([code, unanswered]).toContain(exec["code"]);
    // What was read has been told: from now on it, and not what was acknowledged before it, must stay.
    known.actions.set(name, { code: String(exec["code"]), unanswered: undefined });
  }
  const newest = (ids: readonly string[]): readonly string[] => (lastIds === 0 ? [] : ids.slice(-lastIds));
  for (const id of newest(known.recorded)) {
    const { json } = await client.call("GET", `activations/${id}`);
    expect(json).toMatchObject({ activationId: id, response: { status: "success" } });
  }
  for (const id of newest(known.accepted))
    expect(await ending(client, id)).toMatch(/^(success|whisk internal error|application error)$/);
}

/** The status of an activation, once it has ended. Fails by the test's time-out when it never does. */
async function ending(client: ApiClient, id: string): Promise<string> {
  for (;;) {
    const { status, json } = await client.call("GET", `activations/${id}`);
    if (status === 200 && isJsonObject(json) && isJsonObject(json["response"]))
      return String(json["response"]["status"]);
  }
}
