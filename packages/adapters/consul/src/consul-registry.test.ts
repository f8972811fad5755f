import { type Clock, type InvokerAnnouncer, systemClock } from "@meringue/core";
import {
  type ConsulTestServer,
  consulUnavailable,
  invokerRegistryContract,
  invokersThat,
  startConsul,
} from "@meringue/testkit";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type ConsulInvokers, consulInvokers } from "./consul-invokers.ts";

const TOKEN = "0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d";
/** Consul notices silence after that; what a real one is told is 10 s. */
const TTL_MS = 1_000;
const PATIENCE_MS = 30_000;

/** The clock of one process, which stops when that is killed. */
function mortalClock(): Clock & { die(): void } {
  let dead = false;
  return {
    now: systemClock.now,
    after: (delayMs, callback) => systemClock.after(delayMs, () => void (dead || callback())),
    die() {
      dead = true;
    },
  };
}

let worlds = 0;

/** A cluster of its own in a Consul that others use too. */
function clusterIn(server: ConsulTestServer) {
  const prefix = `cluster${worlds++}`;
  const opened: ConsulInvokers[] = [];
  const warnings: string[] = [];
  const clocks = new Map<InvokerAnnouncer, { die(): void }>();
  const open = (clock: Clock = systemClock): ConsulInvokers => {
    const { url, token } = server;
    const options = { url, prefix, ttlMs: TTL_MS, clock, warn: (text: string) => warnings.push(text) };
    const invokers = consulInvokers({ ...options, ...(token === undefined ? {} : { token }) });
    opened.push(invokers);
    return invokers;
  };
  return {
    open,
    warnings,
    registry: async () => open().registry(),
    async announcer() {
      const clock = mortalClock();
      const announcer = open(clock).announcer();
      clocks.set(announcer, clock);
      return announcer;
    },
    async crash(announcer: InvokerAnnouncer) {
      clocks.get(announcer)?.die();
    },
    operations: open().operations,
    async [Symbol.asyncDispose]() {
      for (const announcer of clocks.keys()) await announcer.leave().catch(() => undefined); // its Consul may be gone
      for (const each of opened) each.close();
    },
  };
}

describe.skipIf(consulUnavailable() !== undefined)("with Consul", () => {
  let server: ConsulTestServer;
  beforeAll(async () => {
    server = await startConsul({ token: TOKEN });
  }, PATIENCE_MS);
  afterAll(() => server.stop());

  invokerRegistryContract("consul", async () => clusterIn(server), { wishes: true, guardsNumbers: true });

  test("a wrong token is refused, and said so", async ({ expect }) => {
    const invokers = consulInvokers({ url: server.url, token: "nobody", warn: () => undefined });
    const announced = invokers.announcer().announce({ instance: 0, userMemoryMb: 256 });

    await expect(announced).rejects.toMatchObject({ cause: { message: expect.stringContaining("403") } });
    invokers.close();
  });

  test("an invoker that starts again while its former self still counts takes its number over", async () => {
    await using cluster = clusterIn(server);
    const registry = await cluster.registry();
    const former = await cluster.announcer();
    await former.announce({ instance: 0, uniqueName: "w0", userMemoryMb: 256, incarnation: "one" });
    await cluster.crash(former);
    const next = await cluster.announcer();
    await next.announce({ instance: 0, uniqueName: "w0", userMemoryMb: 256, incarnation: "two" });
    await invokersThat(registry, ([one]) => one?.incarnation === "two" && one.health === "healthy");
    await registry.close();
  });

  test("a wish to drain that came while the invoker was away is heard when it comes back", async ({ expect }) => {
    await using cluster = clusterIn(server);
    const first = await cluster.announcer();
    const state = { instance: 0, uniqueName: "w0", userMemoryMb: 256 };
    await first.announce(state);
    await cluster.operations.drain(0, true);
    await first.leave();
    const second = await cluster.announcer();
    const heard = new Promise<boolean>((resolve) => second.onDrainWish(resolve));
    await second.announce(state);

    expect(await heard).toBe(true);
  });
});

describe.skipIf(consulUnavailable() !== undefined)("a Consul that fails", () => {
  test("and forgets all is told anew, and meanwhile nobody counts as gone", { timeout: 2 * PATIENCE_MS }, async ({
    expect,
  }) => {
    const server = await startConsul();
    try {
      await using cluster = clusterIn(server);
      const registry = await cluster.registry();
      const announcer = await cluster.announcer();
      await announcer.announce({ instance: 0, uniqueName: "w0", userMemoryMb: 256 });
      await invokersThat(registry, ([one]) => one?.health === "healthy");
      const seen: (string | undefined)[] = [];
      const stop = registry.watch(([one]) => seen.push(one?.health));
      await server.kill();
      await server.start();
      await announcer.announce({ instance: 0, uniqueName: "w0", userMemoryMb: 256, freeMemoryMb: 99 });
      await invokersThat(registry, ([one]) => one?.freeMemoryMb === 99);
      stop();

      expect(new Set(seen)).toEqual(new Set(["healthy"]));
      expect(cluster.warnings.length).toBeGreaterThan(0);
      await registry.close();
    } finally {
      await server.stop();
    }
  });

  test("when it is away at the start, the invoker is announced once it is there", {
    timeout: 2 * PATIENCE_MS,
  }, async ({ expect }) => {
    const server = await startConsul();
    try {
      await using cluster = clusterIn(server);
      await server.kill();
      const registry = await cluster.registry();
      const announcer = await cluster.announcer();
      await expect(announcer.announce({ instance: 0, uniqueName: "w0", userMemoryMb: 256 })).rejects.toThrow();
      await server.start();
      await invokersThat(registry, ([one]) => one?.health === "healthy");
      await registry.close();
    } finally {
      await server.stop();
    }
  });

  test("when it freezes, invokers are neither lost nor kept waiting", { timeout: 2 * PATIENCE_MS }, async ({
    expect,
  }) => {
    const server = await startConsul();
    try {
      await using cluster = clusterIn(server);
      const registry = await cluster.registry();
      const announcer = await cluster.announcer();
      await announcer.announce({ instance: 0, uniqueName: "w0", userMemoryMb: 256 });
      await invokersThat(registry, ([one]) => one?.health === "healthy");
      server.freeze();
      await announcer.announce({ instance: 0, uniqueName: "w0", userMemoryMb: 256, freeMemoryMb: 7 });
      server.thaw();
      const [one] = await invokersThat(registry, ([each]) => each?.freeMemoryMb === 7);

      expect(one?.health).toBe("healthy");
      await registry.close();
    } finally {
      await server.stop();
    }
  });
});
