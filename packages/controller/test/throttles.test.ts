import { type EntityName, type NamespaceLimits, type SystemLimits, throttles, UPSTREAM_LIMITS } from "@meringue/core";
import { anAction, aPackage, aTrigger, fakeClock } from "@meringue/testkit";
import { afterEach, describe, expect, test } from "vitest";
import type { AppDependencies } from "../src/index.ts";
import { ask } from "./ask.ts";
import { call } from "./call.ts";
import { type Case, cases, each } from "./cases.ts";
import { basic, fakeDispatcher, startWorld, type World } from "./world.ts";

const hello = "/namespaces/_/actions/hello";
const tick = "/namespaces/_/triggers/tick";
const webHello = "/web/guest/default/hello";
const perMinute = (count: number, allowed: number): string =>
  `Too many requests in the last minute (count: ${count}, allowed: ${allowed}).`;
const atATime = (count: number, allowed: number): string =>
  `Too many concurrent requests in flight (count: ${count}, allowed: ${allowed}).`;

const web = anAction({ annotations: [{ key: "web-export", value: true }] });
const fired = aTrigger({
  rules: { "guest/r": { action: { path: "guest", name: "hello" as EntityName }, status: "active" } },
});

/** An API with throttles whose minute stands still, over a dispatcher whose activations never end. */
function throttled(over: Partial<SystemLimits>): Partial<AppDependencies> {
  const limits = { ...UPSTREAM_LIMITS, ...over };
  const { counting, admitInvocation, admitWebCall, admitFire } = throttles(limits, fakeClock());
  const fake = fakeDispatcher(async () => undefined);
  fake.behave(() => new Promise(() => undefined));
  return { limits, dispatcher: counting(fake), admitInvocation, admitWebCall, admitFire };
}

/** Requests of guest before the one that matters. */
function after(...requests: readonly (readonly [method: string, path: string])[]): Pick<Case, "before"> {
  return {
    before: async (world) => {
      for (const [method, path] of requests) await ask(world, method, path);
    },
  };
}

const refused = (row: Partial<Case> & Pick<Case, "name" | "error">): Case => ({
  method: "POST",
  path: hello,
  given: [anAction()],
  deps: throttled({ invocationsPerMinute: 1, firesPerMinute: 1 }),
  status: 429,
  cors: true,
  ...row,
});

cases("§4.3 Throttles: per minute", [
  refused({
    name: "one invocation too many, and when to come again",
    ...after(["POST", "/actions/hello"]),
    error: perMinute(2, 1),
    answerHeaders: { "retry-after": "60" },
  }),
  refused({
    name: "refused invocations are counted",
    ...after(["POST", "/actions/hello"], ["POST", "/actions/hello"], ["POST", "/actions/hello"]),
    error: perMinute(4, 1),
  }),
  refused({
    name: "one event too many, by a count of its own",
    path: tick,
    given: [fired, anAction()],
    deps: throttled({ invocationsPerMinute: 9, firesPerMinute: 1 }),
    ...after(["POST", "/triggers/tick"]),
    error: perMinute(2, 1),
    answerHeaders: { "retry-after": "60" },
  }),
  refused({
    name: "none at all where the limit is zero",
    deps: throttled({ invocationsPerMinute: 0 }),
    error: perMinute(1, 0),
    answerHeaders: { "retry-after": "60" },
  }),
  refused({
    name: "no event at all where the limit is zero",
    path: tick,
    deps: throttled({ firesPerMinute: 0 }),
    error: perMinute(1, 0),
  }),
  ...each<[string, NamespaceLimits]>(
    [
      [hello, { invocationsPerMinute: 0 }],
      [tick, { firesPerMinute: 0 }],
    ],
    ([path, limits]) =>
      refused({
        name: `the namespace's own ${Object.keys(limits)[0]}`,
        path,
        deps: throttled({}),
        before: ({ subjects }) => subjects.putLimits("guest", limits),
        error: perMinute(1, 0),
      }),
  ),
  refused({
    name: "calls of the owner's web actions count as invocations",
    given: [web],
    before: (world) => call(world.url, `/api/v1${webHello}`, { method: "OPTIONS" }).then(() => undefined),
    error: perMinute(2, 1),
  }),
  refused({
    name: "a web action of whose owner too much was asked",
    path: webHello,
    given: [web],
    as: "nobody",
    ...after(["POST", "/actions/none"]),
    error: perMinute(2, 1),
    cors: false,
    answerHeaders: { "retry-after": "60" },
  }),
]);

cases("§1.2 Throttles: before everything but credentials, and counted whatever comes of the call", [
  ...each(["/actions/none", "/actions/pkg/none", "/actions/hello?blocking=maybe"], (path) =>
    refused({ name: `${path} was counted`, ...after(["POST", path]), error: perMinute(2, 1) }),
  ),
  ...each(["/namespaces/other/actions/hello", "/namespaces/_/actions/none", `${hello}?timeout=0`], (path) =>
    refused({
      name: `before what is wrong with ${path}`,
      path,
      ...after(["POST", "/actions/hello"]),
      error: perMinute(2, 1),
    }),
  ),
  refused({
    name: "before a body that is too large",
    body: "x".repeat(1_048_577),
    ...after(["POST", "/actions/hello"]),
    error: perMinute(2, 1),
  }),
  refused({
    name: "a missing trigger is counted, and what comes next refused before its body is read",
    path: tick,
    body: "{",
    ...after(["POST", "/triggers/none"]),
    error: perMinute(2, 1),
  }),
  refused({ name: "not before credentials", as: "nobody", status: 401, error: /authentication/, cors: false }),
  ...each(
    ["GET", "PUT", "DELETE"],
    (method): Case => ({
      name: `${method} is not counted`,
      method,
      path: `${hello}?overwrite=true`,
      given: [anAction()],
      deps: throttled({ invocationsPerMinute: 0, concurrentInvocations: 0 }),
      ...(method === "PUT" ? { body: {} } : {}),
      status: 200,
    }),
  ),
]);

cases("§4.3 Throttles: at a time", [
  refused({
    name: "one too many while the other runs",
    deps: throttled({ concurrentInvocations: 1 }),
    ...after(["POST", "/actions/hello"]),
    error: atATime(1, 1),
    answerHeaders: { "retry-after": "1" },
  }),
  refused({
    name: "the minute's limit first",
    deps: throttled({ invocationsPerMinute: 1, concurrentInvocations: 1 }),
    ...after(["POST", "/actions/hello"]),
    error: perMinute(2, 1),
  }),
  refused({
    name: "what was refused so has been counted for the minute",
    deps: throttled({ invocationsPerMinute: 1, concurrentInvocations: 0 }),
    ...after(["POST", "/actions/hello"]),
    error: perMinute(2, 1),
  }),
  refused({
    name: "none at all where the limit is zero, whatever is wrong with the call",
    path: "/namespaces/other/actions/hello",
    deps: throttled({ concurrentInvocations: 0 }),
    error: atATime(0, 0),
  }),
  refused({
    name: "what a trigger has run counts",
    given: [fired, anAction()],
    deps: throttled({ concurrentInvocations: 1 }),
    ...after(["POST", "/triggers/tick"]),
    error: atATime(1, 1),
  }),
  refused({
    name: "the component that a sequence runs counts, the sequence does not",
    given: [
      anAction(),
      anAction({
        name: "seq" as EntityName,
        exec: { type: "sequence", kind: "sequence", components: ["/guest/hello", "/guest/hello"] },
      }),
    ],
    deps: throttled({ concurrentInvocations: 1 }),
    ...after(["POST", "/actions/seq"]),
    error: atATime(1, 1),
  }),
]);

const open: World[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((world) => world.close()));
});

describe("§4.3 Throttles", () => {
  test("do not hold back the components of a sequence", async () => {
    const limits = { ...UPSTREAM_LIMITS, invocationsPerMinute: 1 };
    const { admitInvocation } = throttles(limits, fakeClock());
    const world = await startWorld({ limits, admitInvocation });
    open.push(world);
    const components = ["/guest/hello", "/guest/hello", "/guest/hello"];
    const exec = { type: "sequence", kind: "sequence", components } as const;
    await world.store(anAction(), anAction({ name: "seq" as EntityName, exec }));
    expect((await ask(world, "POST", "/actions/seq?blocking=true")).status).toBe(200);
    expect(world.dispatcher.messages).toHaveLength(3);
  });

  test("count what a trigger runs as invocations, and its record tells which were refused", async () => {
    const world = await startWorld(throttled({ invocationsPerMinute: 1 }));
    open.push(world);
    const rule = { action: { path: "guest", name: "hello" as EntityName }, status: "active" } as const;
    await world.store(anAction(), aTrigger({ rules: { "guest/r1": rule, "guest/r2": rule } }));
    const { json } = await ask(world, "POST", "/triggers/tick");
    const record = await ask(world, "GET", `/activations/${String(json["activationId"])}`);
    const logs = (record.json["logs"] as string[]).map((line) => JSON.parse(line));
    expect(logs).toMatchObject([{ success: true }, { statusCode: 1, error: perMinute(2, 1) }]);
  });

  test("are the caller's, also for what is in somebody else's package", async () => {
    const world = await startWorld(throttled({ invocationsPerMinute: 1 }));
    open.push(world);
    const name = "shared" as EntityName;
    await world.store(aPackage({ name, publish: true }), anAction({ namespace: "guest/shared" }));
    const post = (identity: World["guest"]) =>
      call(world.url, "/api/v1/namespaces/guest/actions/shared/hello", {
        method: "POST",
        headers: { Authorization: basic(identity) },
      });
    const statuses = [];
    for (const identity of [world.guest, world.other, world.guest, world.other])
      statuses.push((await post(identity)).status);
    expect(statuses).toEqual([202, 202, 429, 429]);
  });
});
