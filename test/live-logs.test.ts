import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type EventReader, eventReader, type ServerProcess, startServer } from "@meringue/testkit";
import { describe, type ExpectStatic, onTestFinished, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";

const ADMIN = join(import.meta.dirname, "../packages/server/src/admin/main.ts");
const run = promisify(execFile);
/** The operator's commands are processes of their own, and so are containers. */
const TIMEOUT_MS = 120_000;
const SANDBOX = { flags: ["--containers", "sandbox"] };

/** Prints `first`, and `last` as soon as there is the package that it is told to wait for. */
const WAITS = `async function main({ until }) {
  console.log("first");
  const url = process.env.__OW_API_HOST + "/api/v1/namespaces/_/packages/" + until;
  const headers = { authorization: "Basic " + btoa(process.env.__OW_API_KEY) };
  while ((await fetch(url, { headers })).status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
  console.error("last");
  return { done: true };
}`;

const js = (code: string, annotations: Readonly<Record<string, boolean>> = {}) => ({
  exec: { kind: "nodejs:default", code },
  annotations: Object.entries(annotations).map(([key, value]) => ({ key, value })),
});

async function created(client: ApiClient, path: string, body: object): Promise<void> {
  const { status, text } = await client.call("PUT", path, body);
  if (status !== 200) throw new Error(`PUT ${path}: ${text}`);
}

async function tail(server: ServerProcess, auth: string, query = "", headers = {}): Promise<EventReader> {
  const authorization = `Basic ${Buffer.from(auth).toString("base64")}`;
  const url = `${server.url}/api/v1/namespaces/_/activations${query}`;
  const reader = await eventReader(url, { authorization, ...headers });
  onTestFinished(() => reader.close());
  return reader;
}

/** Starts an activation. @returns its id */
async function begun(client: ApiClient, path: string, args: object = {}): Promise<string> {
  const { json, text } = await client.call("POST", `actions/${path}`, args);
  const { activationId } = (json ?? {}) as { readonly activationId?: string };
  if (activationId === undefined) throw new Error(`POST ${path}: ${text}`);
  return activationId;
}

/** What a tail tells up to the end of an activation: the lines, without their stamps. */
async function linesUntilEnd(reader: EventReader, name: string): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const { event, data } = await reader.next();
    if (event === "log" && data?.["name"] === name) lines.push(String(data["line"]).slice(31));
    if (event === "activation" && data?.["name"] === name) return lines;
  }
}

async function accounts(server: ServerProcess, ...names: readonly string[]): Promise<string[]> {
  const keys: string[] = [];
  for (const name of names) keys.push(await operator(server, "create", name));
  for (const key of keys) {
    while ((await apiClient(server.url, key).call("GET", "actions")).status !== 200);
  }
  return keys;
}

async function operator({ dataDir }: ServerProcess, ...words: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [ADMIN, "--data-dir", dataDir, "user", ...words]);
  return stdout.trim();
}

describe("what an action prints", () => {
  test("is there while it runs: for who asks, and for who follows", { timeout: TIMEOUT_MS }, async ({ expect }) => {
    await using server = await startServer(SANDBOX);
    const guest = apiClient(server.url, server.guestKey);
    await created(guest, "actions/waits", js(WAITS, { "provide-api-key": true }));
    const [all, others] = [await tail(server, server.guestKey), await tail(server, server.guestKey, "?name=other")];
    const id = await begun(guest, "waits", { until: "go" });
    const path = `activations/${id}`;

    const first = await all.next();
    expect(first).toMatchObject({ event: "log", data: { activationId: id, name: "waits" } });
    const { line } = first.data as { readonly line: string };
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z stdout: first$/);
    expect((await guest.call("GET", `${path}/logs`)).json).toEqual({ logs: [line] });
    for (const rest of ["", "/result"]) expect((await guest.call("GET", `${path}${rest}`)).status).toBe(404);

    await created(guest, "packages/go", {});
    const last = await all.next();
    const ended = await all.next();
    expect(last.data?.["line"]).toMatch(/ stderr: last$/);
    expect(ended).toMatchObject({ event: "activation", data: { activationId: id, name: "waits", statusCode: 0 } });
    expect((await guest.call("GET", `${path}/logs`)).json).toEqual({ logs: [line, last.data?.["line"]] });
    expect((await guest.call("GET", "activations?limit=1")).json).toEqual([ended.data]);
    expect(others.text()).not.toContain("event:");
  });

  test("is whole in a tail that is read, and is not held up by one that is not", { timeout: TIMEOUT_MS }, async ({
    expect,
  }) => {
    await using server = await startServer(SANDBOX);
    const guest = apiClient(server.url, server.guestKey);
    const LINES = 40_000;
    const text = "x".repeat(100);
    await created(
      guest,
      "actions/prints",
      js(`function main() { for (let at = 0; at < ${LINES}; at++) console.log("${text}"); return {}; }`),
    );
    const [slow, quick] = [await tail(server, server.guestKey), await tail(server, server.guestKey)];
    slow.pause();
    expect((await guest.call("POST", "actions/prints?blocking=true", {})).status).toBe(200);
    expect(await counted(quick)).toBe(LINES);
    expect(quick.text()).not.toContain("event: gap");
    slow.resume();
    expect(await counted(slow)).toBe(LINES);
  });

  test("is for its own namespace, whoever wrote it or called it", { timeout: TIMEOUT_MS }, async ({ expect }) => {
    await using server = await startServer(SANDBOX);
    const [alices = "", bobbys = ""] = await accounts(server, "alice", "bobby");
    const [alice, bobby] = [apiClient(server.url, alices), apiClient(server.url, bobbys)];
    await created(alice, "packages/shop", { publish: true });
    await created(alice, "actions/shop/goods", js("function main() { console.log('sold'); return {}; }"));
    const page = "function main() { console.log('shown'); return { body: 'x' }; }";
    await created(alice, "actions/page", js(page, { "web-export": true }));
    await created(bobby, "packages/bound", { binding: { namespace: "alice", name: "shop" } });
    const [toAlice, toBobby] = [await tail(server, alices), await tail(server, bobbys)];
    const bound = await tail(server, bobbys, "?name=bound/goods");

    const sold = await bobby.call("POST", "actions/bound/goods?blocking=true");
    expect(sold.status, sold.text).toBe(200);
    for (const reader of [toBobby, bound]) expect(await linesUntilEnd(reader, "goods")).toEqual(["stdout: sold"]);
    const shown = await bobby.call("GET", "/api/v1/web/alice/default/page");
    expect(shown.text).toBe("x");
    expect(await linesUntilEnd(toAlice, "page")).toEqual(["stdout: shown"]);
    expect(toAlice.text()).not.toMatch(/sold|goods/);
    expect(toBobby.text()).not.toMatch(/shown|page/);
    await refusesForeigners(expect, server, bobbys);

    await operator(server, "block", "bobby");
    expect(await toBobby.ended()).toBe(false);
    expect(await bound.ended()).toBe(false);
    await alice.call("POST", "actions/shop/goods?blocking=true");
    expect(await linesUntilEnd(toAlice, "goods")).toEqual(["stdout: sold"]);
  });
});

async function refusesForeigners(expect: ExpectStatic, server: ServerProcess, auth: string): Promise<void> {
  const authorization = `Basic ${Buffer.from(auth).toString("base64")}`;
  const foreign = await eventReader(`${server.url}/api/v1/namespaces/alice/activations`, { authorization });
  expect(foreign.response.statusCode).toBe(403);
}

/** Lines that a tail tells of or says that it left out, up to the end of an activation. */
async function counted(reader: EventReader): Promise<number> {
  let lines = 0;
  for (;;) {
    const { event, data } = await reader.next();
    if (event === "log") lines++;
    if (event === "gap") lines += Number(data?.["logs"]);
    if (event === "activation" || Number(data?.["activations"] ?? 0) > 0) return lines;
  }
}

describe("a server with tails", () => {
  test("stops without waiting for them", { timeout: TIMEOUT_MS }, async ({ expect }) => {
    await using server = await startServer(SANDBOX);
    const reader = await tail(server, server.guestKey);
    const began = performance.now();
    const stopped = server.stop();
    expect(await reader.ended()).toBe(true);
    expect(await stopped).toBe(0);
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  test("that was killed tells who comes back what became of what had run", { timeout: TIMEOUT_MS }, async ({
    expect,
  }) => {
    const dataDir = await mkdtemp(join(tmpdir(), "meringue-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    await using killed = await startServer({ ...SANDBOX, dataDir });
    const guest = apiClient(killed.url, killed.guestKey);
    await created(guest, "actions/waits", js(WAITS, { "provide-api-key": true }));
    await created(guest, "actions/line", { exec: { kind: "sequence", components: ["/guest/waits"] } });
    const before = await tail(killed, killed.guestKey);
    await begun(guest, "line", { until: "go" });
    const { id = "" } = await before.next();
    await killed.kill();
    expect(await before.ended()).toBe(false);

    await using server = await startServer({ ...SANDBOX, dataDir });
    const after = await tail(server, server.guestKey, "", { "Last-Event-ID": id });
    const told = [await after.next(), await after.next()];
    expect(told.map(({ event }) => event)).toEqual(["activation", "activation"]);
    expect(new Map(told.map(({ data }) => [data?.["name"], data?.["statusCode"]]))).toEqual(
      new Map([
        ["line", 3],
        ["waits", 3],
      ]),
    );
  });
});
