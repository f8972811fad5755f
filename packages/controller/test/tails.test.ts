import type { Socket } from "node:net";
import { type ActivationEvent, UPSTREAM_LIMITS } from "@meringue/core";
import { anAction, anActivation, anActivationId, type EventReader, eventReader, fakeClock } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import type { AppDependencies } from "../src/index.ts";
import { call } from "./call.ts";
import { sequence } from "./programs.ts";
import { basic, startWorld, type World } from "./world.ts";

/** What the kernel, HTTP and a tail may hold of what nobody reads, with room to spare. */
const AHEAD_BYTES = 24 * 1024 * 1024;
const LIST = "/api/v1/namespaces/_/activations";

async function aWorld(over: Partial<AppDependencies> = {}): Promise<World> {
  const world = await startWorld(over);
  onTestFinished(() => world.close());
  return world;
}

/** Follows as `guest`, unless told. */
async function follow(
  world: World,
  { as = "guest", path = LIST, headers = {} }: { as?: "guest" | "other"; path?: string; headers?: object } = {},
): Promise<EventReader> {
  const reader = await eventReader(`${world.url}${path}`, { Authorization: basic(world[as]), ...headers });
  onTestFinished(() => reader.close());
  return reader;
}

const line = (text: string, over: Partial<Extract<ActivationEvent, { kind: "log" }>> = {}): ActivationEvent => ({
  kind: "log",
  activationId: anActivationId(),
  name: "hello",
  path: "hello",
  line: `2026-01-01T00:00:00.000000000Z stdout: ${text}`,
  ...over,
});
const ended = (over: Parameters<typeof anActivation>[0] = {}): ActivationEvent => ({
  kind: "ended",
  activation: anActivation(over),
});

describe("§16.3 A tail of a namespace's activations", () => {
  test("tells of lines and records as they come, the record as a listing shows it", async ({ expect }) => {
    const world = await aWorld();
    const reader = await follow(world);
    expect(reader.response.statusCode).toBe(200);
    expect(reader.response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "access-control-allow-origin": "*",
      "x-request-id": expect.any(String) as string,
    });
    const record = anActivation({ cause: anActivationId() });
    await world.deps.activations.put(record);
    const said = line("hello\u2028", { activationId: record.activationId });
    world.deps.feed.publish("guest", said);
    world.deps.feed.publish("guest", { kind: "ended", activation: record });

    const { activationId, name } = record;
    const first = await reader.next();
    expect(first).toMatchObject({
      event: "log",
      data: { activationId, name, line: "2026-01-01T00:00:00.000000000Z stdout: hello\u2028" },
    });
    expect(Object.keys(first.data ?? {})).toEqual(["activationId", "name", "line"]);
    const listed = await call(world.url, LIST, { headers: { Authorization: basic(world.guest) } });
    expect(await reader.next()).toMatchObject({ event: "activation", data: listed.json[0] });
    expect(Math.abs(Number(first.id) - Date.now())).toBeLessThan(60_000);
  });

  test("tells of triggers, sequences and what they run", async ({ expect }) => {
    const world = await aWorld({ limits: { ...UPSTREAM_LIMITS, firesPerMinute: 9 } });
    await world.store(anAction(), sequence("guest/line", ["/guest/hello"]));
    const headers = { Authorization: basic(world.guest) };
    const at = (path: string) => `/api/v1/namespaces/_/${path}`;
    await call(world.url, at("triggers/tick"), { method: "PUT", headers, body: {} });
    const rule = { trigger: "/_/tick", action: "/_/line" };
    await call(world.url, at("rules/ticks"), { method: "PUT", headers, body: rule });
    const reader = await follow(world);
    await call(world.url, at("triggers/tick"), { method: "POST", headers, body: {} });

    const told = [(await reader.next()).data, (await reader.next()).data];
    expect(new Set(told.map((each) => each?.["name"]))).toEqual(new Set(["line", "tick"]));
    const { json } = await call(world.url, LIST, { headers });
    for (const each of told) expect(json).toContainEqual(each);
  });

  test("tells nobody of what another namespace does", async ({ expect }) => {
    const world = await aWorld();
    const [guest, other] = [await follow(world), await follow(world, { as: "other" })];
    world.deps.feed.publish("other", line("secret"));
    world.deps.feed.publish("other", ended({ namespace: "other", name: "secret" }));
    world.deps.feed.publish("guest", line("mine"));
    expect((await guest.next()).data?.["line"]).toContain("mine");
    expect((await other.next()).data?.["line"]).toContain("secret");
    expect(guest.text()).not.toContain("secret");
    expect(other.text()).not.toContain("mine");
  });

  test.for([
    ["hello", ["a"]],
    ["pkg/hello", ["b"]],
    ["/pkg//hello/", ["b"]],
    ["", ["a", "b"]],
  ] as const)("is of an action, if one is named: '%s'", async ([name, lines], { expect }) => {
    const world = await aWorld();
    const reader = await follow(world, { path: `${LIST}?name=${encodeURIComponent(name)}` });
    world.deps.feed.publish("guest", line("a"));
    world.deps.feed.publish("guest", line("b", { path: "pkg/hello" }));
    world.deps.feed.publish("guest", ended({ annotations: [{ key: "path", value: "guest/pkg/hello" }] }));
    world.deps.feed.publish("guest", ended({ name: "last", annotations: [] }));
    world.deps.feed.publish("guest", ended());
    for (const text of lines) expect((await reader.next()).data?.["line"]).toMatch(new RegExp(`${text}$`));
    expect((await reader.next()).event).toBe("activation");
  });

  test.for([
    ["application/json", 200, "application/json"],
    ["*/*", 200, "application/json"],
    ["text/event-stream, application/json", 200, "application/json"],
    ["text/event-stream;q=0", 406, "application/json"],
    ["text/*", 406, "application/json"],
    ["text/event-stream", 200, "text/event-stream"],
    ["Text/Event-Stream; q=0.5, */*;q=0.1", 200, "text/event-stream"],
  ] as const)("is asked for by name: %s", async ([accept, status, type], { expect }) => {
    const world = await aWorld();
    const { response } = await follow(world, { headers: { Accept: accept } });
    expect([response.statusCode, response.headers["content-type"]]).toEqual([status, type]);
  });

  test.for([
    ["/api/v1/namespaces/other/activations", 403],
    [`${LIST}?name=a/b/c`, 400],
  ] as const)("is refused like a list: %s", async ([path, status], { expect }) => {
    const { response } = await follow(await aWorld(), { path });
    expect(response.statusCode).toBe(status);
  });

  test("shows every fifteen seconds that it is there", async ({ expect }) => {
    const clock = fakeClock();
    const world = await aWorld({ clock });
    const reader = await follow(world);
    const beats = () => reader.text().match(/^:$/gm)?.length ?? 0;
    clock.advance(14_999);
    world.deps.feed.publish("guest", line("x"));
    await reader.next();
    expect(beats()).toBe(0);
    clock.advance(1);
    await expect.poll(beats).toBe(1);
    clock.advance(15_000);
    await expect.poll(beats).toBe(2);
  });

  test("is one of ten of its namespace at most", async ({ expect }) => {
    const world = await aWorld();
    const readers = await Promise.all(Array.from({ length: 10 }, () => follow(world)));
    const refused = await follow(world);
    expect(refused.response.statusCode).toBe(429);
    await refused.ended();
    expect(refused.text()).toContain("Too many tails of the namespace at a time (count: 10, allowed: 10).");
    expect((await follow(world, { as: "other" })).response.statusCode).toBe(200);

    readers[0]?.close();
    await expect.poll(async () => (await follow(world)).response.statusCode).toBe(200);
  });

  test("leaves nothing behind when its reader goes away", async ({ expect }) => {
    const world = await aWorld();
    const reader = await follow(world);
    expect(world.deps.feed.isFollowed("guest")).toBe(true);
    reader.close();
    await expect.poll(() => world.deps.feed.isFollowed("guest")).toBe(false);
  });
});

describe("§16.3 A tail that is taken up again", () => {
  const NOW = Date.UTC(2026, 0, 1);
  const at = (startMs: number, name: string) => anActivation({ start: NOW + startMs, end: NOW + startMs + 10, name });

  test("begins with what has ended since, oldest first", async ({ expect }) => {
    const world = await aWorld({ clock: fakeClock(NOW + 60_000) });
    for (const each of [at(-30_000, "old"), at(20_000, "later"), at(10_000, "missed")]) {
      await world.deps.activations.put(each);
    }
    const reader = await follow(world, { headers: { "Last-Event-ID": String(NOW) } });
    const [missed, later] = [await reader.next(), await reader.next()];
    world.deps.feed.publish("guest", line("now"));

    expect(missed).toMatchObject({ id: String(NOW + 10_010), event: "activation", data: { name: "missed" } });
    expect([later.data?.["name"], (await reader.next()).event]).toEqual(["later", "log"]);
    expect(reader.text()).not.toContain("old");
  });

  test("goes on where it was, by the ids of its events and by the one that it begins with", async ({ expect }) => {
    const clock = fakeClock(NOW);
    const world = await aWorld({ clock });
    const first = await follow(world);
    await expect.poll(() => first.text()).toContain("id: ");
    const id = /^id: (\d+)$/m.exec(first.text())?.[1] ?? "";
    first.close();
    clock.advance(60_000);
    await world.deps.activations.put(at(30_000, "missed"));
    const again = await follow(world, { headers: { "Last-Event-ID": id } });

    expect([id, (await again.next()).data?.["name"]]).toEqual([String(NOW), "missed"]);
  });

  test("loses nothing that happens while the past is looked up", async ({ expect }) => {
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const world = await aWorld({ clock: fakeClock(NOW + 60_000) });
    const { activations } = world.deps;
    const slow = await aWorld({
      ...world.deps,
      clock: fakeClock(NOW + 60_000),
      activations: {
        ...activations,
        async list(...args) {
          asked.resolve();
          await answered.promise;
          return activations.list(...args);
        },
      },
    });
    await activations.put(at(1_000, "missed"));
    const reader = await eventReader(`${slow.url}${LIST}`, {
      Authorization: basic(world.guest),
      "Last-Event-ID": String(NOW),
    });
    onTestFinished(() => reader.close());
    await asked.promise;
    slow.deps.feed.publish("guest", line("meanwhile"));
    answered.resolve();

    expect((await reader.next()).data?.["name"]).toBe("missed");
    expect((await reader.next()).data?.["line"]).toContain("meanwhile");
  });

  test.for(["", "x", "-1", "1e3", "9".repeat(40)])(
    "begins now if it was none of ours: '%s'",
    async (id, { expect }) => {
      const world = await aWorld();
      await world.deps.activations.put(at(0, "old"));
      const reader = await follow(world, { headers: { "Last-Event-ID": id } });
      world.deps.feed.publish("guest", line("now"));
      expect((await reader.next()).event).toBe("log");
    },
  );
});

describe("A tail that is read slowly", () => {
  test("takes a bounded amount, and is told how much it has missed", { timeout: 60_000 }, async ({ expect }) => {
    const world = await aWorld();
    const reader = await follow(world);
    await expect.poll(() => reader.text()).toContain("id: ");
    reader.pause();
    const text = "x".repeat(16 * 1024);
    const [LINES, ROUNDS] = [128, 40];
    for (let round = 0; round < ROUNDS; round++) {
      for (let at = 0; at < LINES; at++) world.deps.feed.publish("guest", line(`${round} ${at} ${text}`));
      await new Promise((resolve) => setImmediate(resolve)); // what can be written is
    }
    world.deps.feed.publish("guest", ended());
    reader.resume();
    let read = 0;
    const missed = { logs: 0, activations: 0 };
    while (missed.activations === 0) {
      const { event, id, data } = await reader.next();
      if (event === "gap") {
        expect(id).toBeUndefined();
        missed.logs += Number(data?.["logs"]);
        missed.activations += Number(data?.["activations"]);
      } else read++;
    }
    expect(missed).toEqual({ logs: LINES * ROUNDS - read, activations: 1 });
    expect(read).toBeGreaterThan(0);
    expect(read * text.length).toBeLessThan(AHEAD_BYTES);
    world.deps.feed.publish("guest", line("after"));
    expect((await reader.next()).data?.["line"]).toContain("after");
  });

  test("keeps no server from stopping, and nor does one that is read", async ({ expect }) => {
    const world = await startWorld();
    const sockets: Socket[] = [];
    world.app.server.on("connection", (socket) => void sockets.push(socket));
    const slow = await follow(world);
    const quick = await follow(world, { as: "other" });
    slow.pause();
    // until the kernel takes no more
    for (let [stalled, before] = [0, -1]; stalled < 100; ) {
      world.deps.feed.publish("guest", line("x".repeat(64 * 1024)));
      await new Promise((resolve) => setImmediate(resolve));
      const waiting = sockets[0]?.writableLength ?? 0;
      stalled = waiting > 0 && waiting === before ? stalled + 1 : 0;
      before = waiting;
    }
    const began = performance.now();
    await world.close();

    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await quick.ended()).toBe(true);
    slow.resume();
    expect(await slow.ended()).toBe(false);
  });
});
