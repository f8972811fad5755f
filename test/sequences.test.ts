import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@meringue/core";
import { type ServerProcess, startServer } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";

const ADD = "exports.main = ({ n }) => ({ n: n + 1 });";
const SLOW = "exports.main = (args) => new Promise((resolve) => setTimeout(resolve, args.ms, args));";
const CONDUCTOR = `exports.main = ({ n, ms, step = 0 }) =>
  step < 3 ? { action: "add", params: { n }, state: { step: step + 1 } } : { params: { n } };`;

async function aServer(dataDir?: string): Promise<{ server: ServerProcess; api: ApiClient }> {
  const server = await startServer(dataDir === undefined ? {} : { dataDir });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, api: apiClient(server.url, server.guestKey) };
}

async function deploy(api: ApiClient): Promise<void> {
  const code = (text: string) => ({ exec: { kind: "nodejs:default", code: text } });
  const sequence = (...components: string[]) => ({ exec: { kind: "sequence", components } });
  await api.call("PUT", "actions/add", code(ADD));
  await api.call("PUT", "actions/slow", code(SLOW));
  await api.call("PUT", "actions/conduct", {
    ...code(CONDUCTOR),
    annotations: [{ key: "conductor", value: true }],
  });
  await api.call("PUT", "actions/three", sequence("/_/add", "/_/add", "/_/add"));
  await api.call("PUT", "actions/late", sequence("/_/slow", "/_/add"));
  await api.call("PUT", "actions/outer", sequence("/_/add", "/_/late"));
}

/** The records of the namespace, as soon as there are so many: they appear when activations have ended, so clients poll. */
async function recordsOf(api: ApiClient, count: number): Promise<JsonObject[]> {
  for (;;) {
    const { json } = await api.call("GET", "activations?docs=true&limit=0");
    const records = json as JsonObject[];
    if (records.length >= count) return records;
  }
}

describe("a server", () => {
  test("runs sequences and compositions of real actions", async ({ expect }) => {
    const { api } = await aServer();
    await deploy(api);

    const sequence = await api.call("POST", "actions/three?blocking=true&result=true", { n: 1 });
    const composition = await api.call("POST", "actions/conduct?blocking=true&result=true", { n: 1 });

    expect([sequence.json, composition.json]).toEqual([{ n: 4 }, { n: 4 }]);
  });

  test("that is killed records the sequences it was running as cut off, each once", async ({ expect }) => {
    const dataDir = await mkdtemp(join(tmpdir(), "meringue-sequences-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const first = await aServer(dataDir);
    await deploy(first.api);
    const done = await first.api.call("POST", "actions/three?blocking=true", { n: 1 });
    const cut = await first.api.call("POST", "actions/outer", { n: 1, ms: 2_000 });
    let running = "";
    while (!running.includes("slow")) running = await fetch(`${first.server.url}/activation`).then((a) => a.text());
    await first.server.kill();

    const { api } = await aServer(dataDir);
    const records = await recordsOf(api, 4 + 4);
    const stopped = "The server stopped while the sequence was running; it was not continued.";
    const find = (name: string, cause?: unknown) =>
      records.filter((record) => record["name"] === name && (cause === undefined || record["cause"] === cause));
    const [outer, ...more] = find("outer");
    const [late] = find("late");
    expect([cut.status, more.length, records.length]).toEqual([202, 0, 4 + 4]);
    expect(outer).toMatchObject({
      activationId: (cut.json as JsonObject)["activationId"],
      response: { status: "whisk internal error", result: { error: stopped } },
    });
    expect(late).toMatchObject({ cause: outer?.["activationId"], response: { result: { error: stopped } } });
    expect(find("add", outer?.["activationId"])).toMatchObject([{ response: { success: true, result: { n: 2 } } }]);
    expect(find("slow")).toMatchObject([{ cause: late?.["activationId"] }]); // run after all, unless it had begun
    expect(find("three")).toMatchObject([{ activationId: (done.json as JsonObject)["activationId"] }]);
  });

  test("that is told to stop lets its sequences end", async ({ expect }) => {
    const dataDir = await mkdtemp(join(tmpdir(), "meringue-sequences-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const first = await aServer(dataDir);
    await deploy(first.api);
    await first.api.call("POST", "actions/late", { n: 1, ms: 500 });
    await first.server.stop();

    const { api } = await aServer(dataDir);
    const records = await recordsOf(api, 3);
    expect(records.find(({ name }) => name === "late")).toMatchObject({ response: { result: { n: 2 } } });
  });
});
