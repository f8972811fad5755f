import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, test } from "vitest";
import { containersOf, IMAGE, newOwner, realRuntime, SOCKET_PATH, whyNoContainers } from "./real-engine.ts";

const why = await whyNoContainers();
const PLATFORM = join(import.meta.dirname, "abandon-container.ts");

/** Runs a platform until it has a container, and kills it then. */
async function killedOwner(ownerId: string): Promise<void> {
  const child = spawn(process.execPath, [PLATFORM, ownerId, SOCKET_PATH, IMAGE], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe.skipIf(why !== undefined)("a Docker owner that was killed (if an engine answers and has our images)", () => {
  test("leaves containers that its next start removes, and a network that it uses again", async ({ expect }) => {
    const ownerId = newOwner();
    await killedOwner(ownerId);
    expect(await containersOf(ownerId)).toHaveLength(1);
    await using world = await realRuntime({ ownerId });
    const { container } = await world.action("function main() { return {}; }");
    expect(await world.runtime.removeLeftovers()).toBe(1);
    expect(await containersOf(ownerId)).toHaveLength(1);
    await container.remove();
    expect(await containersOf(ownerId)).toEqual([]);
  });

  test("leaves paused containers that are removed as well", async ({ expect }) => {
    const ownerId = `${newOwner()}-paused`;
    await killedOwner(ownerId);
    await using world = await realRuntime({ ownerId });
    expect(await world.runtime.removeLeftovers()).toBe(1);
    expect(await containersOf(ownerId)).toEqual([]);
  });

  test("has nothing removed by another owner whose name begins like its own", async ({ expect }) => {
    const ownerId = newOwner();
    await using long = await realRuntime({ ownerId: `${ownerId}-2` });
    await long.action("function main() { return {}; }");
    await using short = await realRuntime({ ownerId });
    expect(await short.runtime.removeLeftovers()).toBe(0);
    expect(await containersOf(long.ownerId)).toHaveLength(1);
  });
});
