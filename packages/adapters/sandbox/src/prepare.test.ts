import type { ContainerRuntime } from "@meringue/core";
import { describe, test } from "vitest";
import { attackerSpec, withAttacker } from "./fixtures/attacker.ts";
import { codeLauncher } from "./fixtures/code-talk.ts";
import { anyOwner } from "./fixtures/modes.ts";
import { recordingEntrance } from "./fixtures/recording-entrance.ts";
import type { FindLauncher } from "./launcher.ts";
import { sandboxRuntime } from "./sandbox-runtime.ts";

/** Plain processes: what is shown here has nothing to do with isolation. */
async function withRuntime<T>(launchers: FindLauncher, use: (runtime: ContainerRuntime) => Promise<T>): Promise<T> {
  const force = { tool: "none", network: "shared" } as const;
  const entrance = recordingEntrance();
  const runtime = await sandboxRuntime({ ownerId: anyOwner(), entrance, launchers, networkPool: 1, force });
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}

describe("what a launcher must prepare", () => {
  test("is ready before its program starts, for the memory of the container, and not made to be asked about", async ({
    expect,
  }) => {
    const told: unknown[] = [];
    const launchers: FindLauncher = (kind, _image, memoryMb) => ({
      ...codeLauncher,
      prepare: async () => void told.push(kind, memoryMb),
    });
    await withRuntime(launchers, async (runtime) => {
      expect(runtime.whyNot("code:1", "")).toBeUndefined();
      expect(told).toEqual([]);
      const answer = await withAttacker(runtime, ({ run }) => run("result = 6 * 7"), { memoryMb: 192 });
      expect(answer).toBe(42);
    });
    expect(told).toEqual([attackerSpec().kind, 192]);
  });

  test("fails a start with its reason when it cannot be made", async ({ expect }) => {
    const prepare = (): Promise<void> => Promise.reject(new Error("no compiler"));
    await withRuntime(
      () => ({ ...codeLauncher, prepare }),
      async (runtime) => {
        const { kind } = attackerSpec();
        await expect(runtime.create(attackerSpec())).rejects.toThrow(`${kind} cannot be made ready: no compiler`);
      },
    );
  });
});
