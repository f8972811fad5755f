import { join } from "node:path";
import { afterAll, beforeAll, describe, type ExpectStatic, test } from "vitest";
import type { RoleProcess } from "../scripts/cluster/role-process.ts";
import { allUp, type Cluster, clusterUnavailable, startCluster } from "../scripts/cluster/start-cluster.ts";
import { IDEMPOTENT, type Load, prepareLoad, recordsOf, startLoad } from "./cluster-load.ts";
import { leftoversOf } from "./leftovers.ts";

const why = clusterUnavailable();
/** Calls that are answered before and after something happens: enough that some are under way when it does. */
const CALLS = 60;
const PATIENCE_MS = 180_000;

describe.skipIf(why !== undefined)("a cluster under load (needs nginx, Kafka and pouchdb-server)", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ flags: ["--invoker-lost-ms", "3000"] });
    await prepareLoad(cluster.url, cluster.guestKey);
  }, 2 * PATIENCE_MS);
  afterAll(() => cluster?.stop(), PATIENCE_MS);

  /** Has something happen while calls go on. */
  async function during(happens: () => Promise<void>): Promise<Load> {
    const load = startLoad(cluster.url, cluster.guestKey);
    await load.answered(CALLS);
    await happens();
    await load.answered(CALLS);
    await load.stop();
    return load;
  }

  async function wellAgain(): Promise<void> {
    await Promise.all(cluster.controllers.map(({ url }) => allUp(url, cluster.invokers.length)));
  }

  async function lostNothing(load: Load, expect: ExpectStatic): Promise<Record<string, number>> {
    const failed = load.failures.filter((line) => IDEMPOTENT.some((name) => line.startsWith(name)));
    expect(failed).toEqual([]);
    const statuses = await recordsOf(cluster.url, cluster.guestKey, load.accepted);
    expect(statuses["success"]).toBeGreaterThan(0);
    return statuses;
  }

  const killed = async (role: RoleProcess): Promise<void> => {
    await role.kill();
    await role.start();
  };

  test("an invoker is killed and comes back: what was accepted has its record", { timeout: PATIENCE_MS }, async ({
    expect,
  }) => {
    const load = await during(() => killed(cluster.invokers[1] as RoleProcess));
    await lostNothing(load, expect);
    await wellAgain();
  });

  test("an invoker is killed and stays away: the others end what it had", { timeout: PATIENCE_MS }, async ({
    expect,
  }) => {
    const [, invoker] = cluster.invokers;
    const load = await during(async () => invoker?.kill());
    await lostNothing(load, expect);
    await invoker?.start();
    await wellAgain();
  });

  test("a controller is killed: the other goes on, and what it had accepted has its record", {
    timeout: PATIENCE_MS,
  }, async ({ expect }) => {
    const load = await during(() => killed(cluster.controllers[1] as RoleProcess));
    await lostNothing(load, expect);
    await wellAgain();
  });

  test("Kafka is killed and comes back: nothing that was accepted is lost", { timeout: PATIENCE_MS }, async ({
    expect,
  }) => {
    const load = await during(async () => {
      await cluster.kafka.kill();
      await cluster.kafka.start();
    });
    await lostNothing(load, expect);
    await wellAgain();
  });

  test("each part in turn is stopped and started again, and no call fails", { timeout: 2 * PATIENCE_MS }, async ({
    expect,
  }) => {
    const load = await during(async () => {
      for (const role of [...cluster.invokers, ...cluster.controllers]) {
        expect([role.name, await role.stop()]).toEqual([role.name, 0]);
        await role.start();
        await wellAgain();
      }
    });
    expect(load.failures).toEqual([]);
    await lostNothing(load, expect);
  });

  test("leaves nothing behind on this machine", { timeout: PATIENCE_MS }, async ({ expect }) => {
    const left = await Promise.all(cluster.invokers.map(({ name }) => leftoversOf(join(cluster.folder, name))));
    await cluster.stop();
    expect(left.flatMap((look) => look())).toEqual([]);
  });
});
