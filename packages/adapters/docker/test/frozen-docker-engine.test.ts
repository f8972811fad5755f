import { ContainerStartFailed } from "@meringue/core";
import { dockerEngineUnavailable, startDockerEngine } from "@meringue/testkit";
import { describe, test } from "vitest";
import { engineClient } from "../src/engine-client.ts";
import { dockerRuntime } from "../src/index.ts";
import { callerTellingEntrance } from "./caller-telling-entrance.ts";
import { spec } from "./played-runtime.ts";

const why = dockerEngineUnavailable();
const EMPTY_TAR = Buffer.alloc(1024);
/** Longer than an engine takes that is not frozen, on a machine that is busy. */
const CALL_MS = 1_500;
const AT_ONCE = 8;

describe.skipIf(why !== undefined)("a Docker engine that freezes (if dockerd is installed, as root)", () => {
  test("holds nobody up for ever, and what it was asked for meanwhile is undone", async ({ expect }) => {
    const daemon = await startDockerEngine();
    const engine = engineClient(daemon.socketPath);
    try {
      const image = await emptyImage(engine);
      const timeouts = { callMs: CALL_MS, removeMs: CALL_MS, pauseMs: CALL_MS };
      const { socketPath } = daemon;
      const options = { ownerId: "frozen", socketPath, entrance: callerTellingEntrance(), shieldHost: false };
      const runtime = await dockerRuntime({ ...options, timeouts: { ...timeouts, callMs: 5_000 } });
      await runtime.close();

      const impatient = await dockerRuntime({ ...options, timeouts });
      process.kill(daemon.pid, "SIGSTOP");
      const since = performance.now();
      const error = await impatient.create(spec({ image })).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ContainerStartFailed);
      expect(error).toMatchObject({
        fault: "host",
        message: expect.stringContaining(`no answer within ${CALL_MS} ms`) as unknown,
      });
      await expect(impatient.removeLeftovers()).rejects.toThrow(`no answer within ${CALL_MS} ms`);
      expect(performance.now() - since).toBeLessThan(10 * CALL_MS);

      process.kill(daemon.pid, "SIGCONT");
      await expect.poll(() => containerEvents(engine), { timeout: 10_000 }).toEqual(["create", "destroy"]);
      await impatient.close();
    } finally {
      await engine.close();
      await daemon.stop();
    }
  });

  test("under load lets each call end once, and leaves nothing when it goes on", async ({ expect }) => {
    const daemon = await startDockerEngine();
    const engine = engineClient(daemon.socketPath);
    try {
      const image = await emptyImage(engine);
      const timeouts = { callMs: CALL_MS, removeMs: CALL_MS, pauseMs: CALL_MS };
      const { socketPath } = daemon;
      const options = { ownerId: "loaded", socketPath, entrance: callerTellingEntrance(), shieldHost: false };
      await (await dockerRuntime({ ...options, timeouts: { ...timeouts, callMs: 5_000 } })).close();
      const impatient = await dockerRuntime({ ...options, timeouts });
      process.kill(daemon.pid, "SIGSTOP");
      const names = Array.from({ length: AT_ONCE }, (_, index) => `loaded${index}`);
      const ends = await Promise.allSettled(names.map((name) => impatient.create({ ...spec({ image }), name })));
      expect(ends.map(({ status }) => status)).toEqual(names.map(() => "rejected"));

      process.kill(daemon.pid, "SIGCONT");
      await expect
        .poll(async () => (await containerEvents(engine)).toSorted(), { timeout: 20_000 })
        .toEqual([...names.map(() => "create"), ...names.map(() => "destroy")]);
      expect(await impatient.removeLeftovers()).toBe(0);
      await impatient.close();
    } finally {
      await engine.close();
      await daemon.stop();
    }
  });

  test("and ends keeps no runtime from being closed", async ({ expect }) => {
    const daemon = await startDockerEngine();
    const { socketPath } = daemon;
    const runtime = await dockerRuntime({
      ownerId: "ended",
      socketPath,
      entrance: callerTellingEntrance(),
      shieldHost: false,
    });
    await daemon.stop();
    await expect(runtime.create(spec())).rejects.toMatchObject({ fault: "host" });
    await expect(runtime.close()).rejects.toThrow();
  });
});

async function emptyImage(engine: ReturnType<typeof engineClient>): Promise<string> {
  const { Readable } = await import("node:stream");
  const changes = encodeURIComponent('CMD ["/nothing"]');
  const upload = Readable.from([EMPTY_TAR]);
  const answer = await engine.open("POST", `/images/create?fromSrc=-&repo=empty&changes=${changes}`, { upload });
  await answer.toArray();
  return "empty";
}

/** What has happened to containers on this engine, in order. */
async function containerEvents(engine: ReturnType<typeof engineClient>): Promise<string[]> {
  const until = Math.floor(Date.now() / 1000) + 1;
  const answer = await engine.open(
    "GET",
    `/events?since=0&until=${until}&filters=${encodeURIComponent('{"type":["container"]}')}`,
  );
  const text = Buffer.concat((await answer.toArray()) as Buffer[]).toString();
  return text.split("\n").flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { Action: string }).Action]));
}
