import { idleRows } from "../src/idle-calls.ts";
import { HELLO, HELLO_PYTHON, openPlatform } from "../src/platform.ts";
import type { Scenario } from "../src/scenario.ts";

/** Calls after connections, containers and everything between them have been idle. */
export const idle: Scenario = {
  name: "idle",
  title: "Calls after a pause, on connections that were kept",
  remote: true,
  async run(bench) {
    await using platform = await openPlatform(bench);
    await platform.put("nodejs", HELLO);
    await platform.put("python", HELLO_PYTHON);
    const rows = await Promise.all(["nodejs", "python"].map((action) => idleRows(bench, platform, action)));
    return rows.flat();
  },
};
