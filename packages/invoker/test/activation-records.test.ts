import { type ActivationMessage, ContainerStartFailed, ServiceUnavailable } from "@meringue/core";
import { anIdentity, type FakeReply, type FakeScript } from "@meringue/testkit";
import { describe, onTestFinished, test, vi } from "vitest";
import { ActionGone } from "../src/activation-job.ts";
import { annotation, HASTY, invokerWorld, logOf, messageFor, type WorldOptions } from "./invoker-world.ts";
import { turn } from "./pool-world.ts";

/** Answers runs so, and every init well. */
const runs =
  (reply: FakeReply): FakeScript =>
  (call) =>
    call.kind === "run" ? reply : {};
const inits =
  (reply: FakeReply): FakeScript =>
  (call) =>
    call.kind === "init" ? reply : {};
const NEVER: FakeReply = { raw: null, sentinels: [] };
const OOM = { reason: "out-of-memory", code: 137 } as const;
const DEVELOPER_NOTICE = "stderr: The action did not initialize or run as expected. Log data might be missing.";

const image = "somebody/thing";
const ofImage = (over: Partial<ActivationMessage> = {}) =>
  messageFor({ exec: { type: "blackbox", kind: "blackbox", image, binary: false, hasCode: false } }, over);

describe("the record of an activation", () => {
  test("that succeeds has its result, its times and what it printed", async ({ expect }) => {
    const world = invokerWorld({
      script(call) {
        world.clock.advance(call.kind === "init" ? 30 : 5);
        return call.kind === "init" ? {} : { body: { hi: "Ada" }, stdout: "one\ntwo", stderr: "!\n" };
      },
    });
    const message = messageFor({}, { received: world.clock.now() - 10 });
    const record = await world.ran(message);

    expect(record).toMatchObject({
      response: { statusCode: 0, result: { hi: "Ada" }, size: 12 },
      start: world.clock.now() - 35,
      end: world.clock.now(),
      duration: 35,
    });
    expect([annotation(record, "initTime"), annotation(record, "waitTime")]).toEqual([30, 10]);
    expect(logOf(record)).toEqual(["stdout: one", "stdout: two", "stderr: !"]);
    expect(await world.stored(message)).toEqual(record);
  });

  test("in a warm container has no init, and the log of its own only", async ({ expect }) => {
    let count = 0;
    const { ran, runtime, events } = invokerWorld({
      script: (call) => (call.kind === "run" ? { stdout: `${++count}\n` } : {}),
    });
    await ran();
    const second = await ran();

    expect([annotation(second, "initTime"), logOf(second)]).toEqual([undefined, ["stdout: 2"]]);
    expect([runtime.counts.created, events.filter((event) => event === "init").length]).toEqual([1, 1]);
  });

  test.for<[string, FakeReply, 0 | 1 | 2, unknown, "kept" | "ended"]>([
    ["answers an array", { body: [1] }, 0, [1], "kept"],
    ["says that it failed", { body: { error: "no" } }, 1, { error: "no" }, "kept"],
    [
      "crashes",
      { status: 502, body: { error: "An error has occurred" } },
      2,
      { error: "An error has occurred" },
      "ended",
    ],
    [
      "answers nothing of use",
      { body: null },
      2,
      { error: "The action did not produce a valid JSON or JSON Array response: null" },
      "ended",
    ],
    [
      "ends its process",
      { raw: null, exit: { reason: "exited", code: 0 } },
      2,
      { error: "The action did not produce a valid response and exited unexpectedly." },
      "ended",
    ],
    [
      "runs out of memory",
      { raw: null, exit: OOM },
      2,
      { error: "The action exhausted its memory and was aborted." },
      "ended",
    ],
  ])("that %s", async ([, reply, statusCode, result, container], { expect }) => {
    const { ran, runtime } = invokerWorld({ script: runs(reply) });
    const record = await ran();
    await turn();

    expect(record.response).toMatchObject({ statusCode, result });
    expect(logOf(record)).toEqual(statusCode === 2 ? [DEVELOPER_NOTICE] : []);
    expect(runtime.containers.length).toBe(container === "kept" ? 1 : 0);
  });

  test("that runs out of memory where a proxy would answer says so too", async ({ expect }) => {
    const { ran } = invokerWorld({ script: runs({ raw: null, exit: OOM }), whenGone: "command-exited" });

    expect((await ran()).response.result).toEqual({ error: "The action exhausted its memory and was aborted." });
  });

  test("that takes too long says so, and its container is ended", async ({ expect }) => {
    const { ran, runtime } = invokerWorld({ script: runs(NEVER) });
    const record = await ran(messageFor({ limits: HASTY }));
    await turn();

    expect(record.response).toEqual({
      statusCode: 2,
      result: { error: "The action exceeded its time limits of 30 milliseconds." },
    });
    expect([annotation(record, "timeout"), runtime.containers.length]).toEqual([true, 0]);
  });

  test("whose init takes too long says so", async ({ expect }) => {
    const { ran, events } = invokerWorld({ script: inits(NEVER) });
    const record = await ran(messageFor({ limits: HASTY }));

    expect(record.response.result).toEqual({
      error: "The action exceeded its time limits of 30 milliseconds during initialization.",
    });
    expect([annotation(record, "timeout"), annotation(record, "initTime"), events.includes("run")]).toEqual([
      true,
      0,
      false,
    ]);
  });

  test("whose init fails has what that printed, and was never run", async ({ expect }) => {
    const reply: FakeReply = {
      status: 502,
      body: { error: "Syntax" },
      stderr: "line 1\n",
      sentinels: ["stdout", "stderr"],
    };
    const { ran, events } = invokerWorld({ script: inits(reply) });
    const record = await ran();

    expect(record.response).toEqual({ statusCode: 2, result: { error: "Syntax" }, size: 18 });
    expect([annotation(record, "initTime"), logOf(record)]).toEqual([0, ["stderr: line 1", DEVELOPER_NOTICE]]);
    expect(events.includes("run")).toBe(false);
  });

  test("that answers more than its namespace may have has the beginning of it", async ({ expect }) => {
    const limits = { maxPayloadSize: "10 B", truncationSize: "5 B" };
    const { ran } = invokerWorld({ script: runs({ body: { a: "0123456789" } }) });
    const record = await ran(messageFor({}, { user: anIdentity({ limits }) }));

    expect(record.response).toEqual({
      statusCode: 1,
      result: {
        error:
          'The action produced a response that exceeded the allowed length: 18 > 10 bytes. The truncated response was: {"a":',
      },
      size: 18,
    });
  });

  test.for<[string, "host" | "image" | "command", 2 | 3, string]>([
    ["cannot be pulled", "image", 2, "Failed to pull container image 'somebody/thing'."],
    ["lacks what is to be run", "command", 2, "executable file not found in image somebody/thing"],
    ["nobody can run", "host", 3, "Failed to provision resources to run the action."],
  ])("of an image that %s", async ([, fault, statusCode, error], { expect }) => {
    const creating = () => {
      throw new ContainerStartFailed(fault, "the daemon says no");
    };
    const { ran } = invokerWorld({ creating });
    const record = await ran(ofImage());

    expect(record.response).toEqual({ statusCode, result: { error } });
    expect([record.duration, annotation(record, "kind"), logOf(record)]).toEqual([
      0,
      "blackbox",
      ["stderr: the daemon says no"],
    ]);
  });

  test("that no runtime here can run tells the reasons", async ({ expect }) => {
    const { ran } = invokerWorld({ whyNot: (kind) => `there is no ${kind}` });
    const record = await ran();

    expect(record.response.statusCode).toBe(3);
    expect(logOf(record)).toEqual(["stderr: nothing here can run nodejs:24 (fake: there is no nodejs:24)"]);
  });

  test("of an action that is gone knows no kind", async ({ expect }) => {
    const { ran, runtime, warnings } = invokerWorld({ codeOf: () => Promise.reject(new ActionGone()) });
    const record = await ran();

    expect(record.response).toEqual({
      statusCode: 1,
      result: { error: "Action could not be found or may have been deleted." },
    });
    expect([annotation(record, "kind"), runtime.containers.flatMap((each) => each.calls), warnings]).toEqual([
      "unknown",
      [],
      [],
    ]);
  });

  test("of an action whose code cannot be had for another reason is our fault", async ({ expect }) => {
    const { ran, warnings } = invokerWorld({ codeOf: () => Promise.reject(new Error("the store is down")) });

    expect((await ran()).response).toEqual({
      statusCode: 3,
      result: { error: "Action could not be fetched." },
    });
    expect(warnings.length).toBe(1);
  });

  test("whose start cannot be noted says that we are to blame, and no user code has seen it", async ({ expect }) => {
    const { ran, runtime, warnings } = invokerWorld({
      noting: (event) => (event === "start" ? Promise.reject(new ServiceUnavailable()) : undefined),
    });

    expect((await ran()).response).toEqual({
      statusCode: 3,
      result: { error: "The server is currently unavailable (because it is overloaded or down for maintenance)." },
    });
    expect([runtime.containers.flatMap((each) => each.calls), warnings]).toEqual([[], []]);
  });

  test("of an action above the limits of its namespace is made at once", async ({ expect }) => {
    const { ran, runtime } = invokerWorld();
    const record = await ran(messageFor({}, { user: anIdentity({ limits: { maxActionMemory: 128 } }) }));

    expect(record.response).toMatchObject({
      statusCode: 1,
      result: { error: expect.stringContaining("memory size 256 MB exceeds allowed threshold of 128 MB") },
    });
    expect([annotation(record, "kind"), runtime.counts.created]).toEqual(["unknown", 0]);
  });

  test("is not stored where the namespace wants none, and the journal knows that it ended", async ({ expect }) => {
    const { ran, stored, events, journal } = invokerWorld();
    const message = messageFor({}, { user: anIdentity({ limits: { storeActivations: false } }) });
    const record = await ran(message);

    expect([record.response.statusCode, await stored(message), events.at(-1)]).toEqual([0, undefined, "settle"]);
    expect(await journal.restarted().unsettled()).toEqual([]);
  });

  test("is not stored where the deployment keeps only failures, unless its caller asks for it", async ({ expect }) => {
    const world = invokerWorld({ storeLevels: { blocking: "STORE_FAILURES", nonBlocking: "STORE_ALWAYS" } });
    const keeps = async (over: Parameters<typeof messageFor>[1]): Promise<boolean> => {
      const message = messageFor({}, over);
      await world.ran(message);
      return (await world.stored(message)) !== undefined;
    };

    expect(await keeps({ blocking: true })).toBe(false);
    expect(await keeps({ blocking: true, extraLogging: true })).toBe(true);
    expect(await keeps({ blocking: false })).toBe(true);
    expect(await world.journal.restarted().unsettled()).toEqual([]);
  });
});

describe("the log of an activation", () => {
  test("has no lines where its limit is zero, and its container is kept", async ({ expect }) => {
    const { ran, runtime } = invokerWorld({ script: runs({ stdout: "x\n", sentinels: [] }) });
    const record = await ran(messageFor({ limits: { ...HASTY, logs: 0, timeout: 60_000 } }));
    await turn();

    expect([record.logs, runtime.containers.length]).toEqual([[], 1]);
  });

  test("is as long as its limit allows, and says so; the container is not used again", async ({ expect }) => {
    const line = `${"x".repeat(999)}\n`;
    const { ran, runtime } = invokerWorld({ script: runs({ stdout: line.repeat(2_000) }) });
    const record = await ran(messageFor({ limits: { ...HASTY, logs: 1, timeout: 60_000 } }));
    await turn();

    expect([record.response.statusCode, record.logs.length]).toEqual([0, Math.floor(2 ** 20 / (999 + 71)) + 1]);
    expect(logOf(record).at(-1)).toBe(
      "stderr: Logs were truncated because the total bytes size exceeds the limit of 1048576 bytes.",
    );
    expect(runtime.containers.length).toBe(0);
  });

  test("may be longer than a mebibyte where the action may have more", async ({ expect }) => {
    const { ran } = invokerWorld({ script: runs({ stdout: `${"x".repeat(1_000)}\n`.repeat(2_000) }) });

    expect((await ran()).logs.length).toBe(2_000);
  });

  test("that has no end in time says so; the container is not used again", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const { ran, runtime } = invokerWorld({ script: runs({ stdout: "x\n", sentinels: ["stdout"] }) });
    const result = ran();
    await turn();
    vi.advanceTimersByTime(2_000);
    const record = await result;
    await turn();

    expect(record.response.statusCode).toBe(0);
    expect(logOf(record)).toEqual([
      "stdout: x",
      "stderr: There was an issue while collecting your logs. Data might be missing.",
    ]);
    expect(runtime.containers.length).toBe(0);
  });

  test("of a user's image needs no end", async ({ expect }) => {
    const { ran } = invokerWorld({ script: runs({ stdout: "x\n", sentinels: [] }) });

    expect(logOf(await ran(ofImage()))).toEqual(["stdout: x"]);
  });

  test("has the last words of a process that ended", async ({ expect }) => {
    const options: WorldOptions = {
      script(call, container) {
        if (call.kind === "init") return {};
        setTimeout(() => container.print("stderr", "Segmentation fault\n"), 5); // pipes outlive the process
        return { raw: null, sentinels: [], exit: { reason: "exited", code: 139 } };
      },
    };

    expect(logOf(await invokerWorld(options).ran())).toContain("stderr: Segmentation fault");
  });
});
