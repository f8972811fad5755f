import { EventEmitter, once } from "node:events";
import type { ContainerRuntime, ContainerSpec } from "@meringue/core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Attacker, withAttacker } from "./fixtures/attacker.ts";
import { codeLauncher } from "./fixtures/code-talk.ts";
import { type Mode, sandboxModes } from "./fixtures/modes.ts";
import type { Launcher } from "./launcher.ts";

/** Uses a container whose program was started before anybody asked for it. */
type WithAhead = <T>(use: (attacker: Attacker) => Promise<T>, more?: Partial<ContainerSpec>) => Promise<T>;

const TRIES = 20;
const SOON_MS = 1_000;

interface AheadWorld {
  readonly runtime: ContainerRuntime;
  readonly callers: () => Promise<readonly (string | undefined)[]>;
  readonly withAhead: WithAhead;
}

async function aheadWorld(mode: Mode): Promise<AheadWorld> {
  const starts = new EventEmitter();
  const prepared = new Set<Launcher>();
  let asked: Launcher | undefined;
  const { runtime, callers } = await mode.start({
    launchers() {
      const launcher: Launcher = {
        ...codeLauncher,
        startAhead: true,
        prepare: async () => {
          prepared.add(launcher);
          starts.emit("start");
        },
      };
      asked = launcher;
      return launcher;
    },
  });
  /** Whether the container that was made last was there before. */
  let wasThere = false;
  const noting: ContainerRuntime = {
    ...runtime,
    async create(spec) {
      const making = runtime.create(spec);
      const own = asked; // asked for at once
      const made = await making;
      wasThere = own !== undefined && !prepared.has(own);
      return made;
    },
  };
  const withAhead: WithAhead = async (use, more) => {
    for (let time = 0; time < TRIES; time++) {
      const soon = startedSoon(starts);
      const outcome = await withAttacker(
        noting,
        async (attacker) => (wasThere ? { value: await use(attacker) } : undefined),
        more,
      );
      if (outcome !== undefined) return outcome.value;
      await soon;
    }
    throw new Error("nothing is started ahead");
  };
  return { runtime, callers, withAhead };
}

/** Until a program is started, for somebody or ahead; one that is there already is not started. */
async function startedSoon(starts: EventEmitter): Promise<void> {
  const timeUp = new Promise((resolve) => setTimeout(resolve, SOON_MS));
  await Promise.race([once(starts, "start").then(() => once(starts, "start")), timeUp]);
}

const rootModes = sandboxModes.filter(({ as, force }) => as === "root" && force.limits === "cgroup");

for (const mode of rootModes) {
  describe.skipIf(mode.lacking !== undefined)(
    `${mode.name}, started ahead${mode.lacking ? ` (skipped: ${mode.lacking})` : ""}`,
    () => {
      let world: AheadWorld;
      beforeAll(async () => {
        world = await aheadWorld(mode);
      });
      afterAll(() => world?.runtime.close());

      test("each has its own user, hash seed, memory layout and random numbers", async ({ expect }) => {
        const facts = `import random
layout = ctypes.cast(ctypes.CDLL("libc.so.6").getpid, ctypes.c_void_p).value
result = [os.getuid(), hash("seed"), layout, random.random()]`;
        const [one, other] = [
          await world.withAhead(({ run }) => run(facts)),
          await world.withAhead(({ run }) => run(facts)),
        ] as [unknown[], unknown[]];
        for (const [at, fact] of one.entries()) expect(other[at], `fact ${at}`).not.toEqual(fact);
      });

      test("has the limits of the container that it became", async ({ expect }) => {
        const exit = await world.withAhead(
          async ({ run, container }) => {
            await run("keep = bytearray(300 << 20)").catch(() => undefined); // it is ended, and answers nothing
            return await container.exited;
          },
          { memoryMb: 128 },
        );
        expect(exit.reason).toBe("out-of-memory");
      });

      test("is told apart by the name of the container that it became", async ({ expect }) => {
        const name = "ahead_1";
        const url = `os.environ["__OW_API_HOST"]`;
        const get = `import urllib.request
result = urllib.request.urlopen(${url}).status`;
        expect(await world.withAhead(({ run }) => run(get), { name })).toBe(200);
        expect((await world.callers()).at(-1)).toBe(name);
      });

      test("is as empty, as unprivileged and as filtered as one that is started when it is asked for", async ({
        expect,
      }) => {
        const facts = `status = read("/proc/self/status")
result = {
    "files": os.listdir("/tmp") + os.listdir("/action") + os.listdir("/dev/shm"),
    "capabilities": [line.split()[1] for line in status.splitlines() if line.startswith("Cap")],
    "filtered": "Seccomp:\\t2" in status,
    "namespaces": syscall(272, 0x20000000),
    "descriptors": sorted(attempt(lambda: os.readlink("/proc/self/fd/" + n)).split(":")[0].split("/pipes/")[0] for n in os.listdir("/proc/self/fd")),
}`;
        const found = await world.withAhead(({ run }) => run(facts));
        expect(found).toMatchObject({
          ...{ files: [], filtered: true, namespaces: "EPERM" },
          capabilities: Array.from({ length: 5 }, () => "0000000000000000"),
        });
        const other = await withAttacker(world.runtime, ({ run }) => run(facts), { env: { ASKED: "yes" } });
        expect(found).toEqual(other);
      });

      test("with another environment is not taken", async ({ expect }) => {
        const env = { ASKED: "yes" };
        await world.withAhead(({ run }) => run("result = 1"));
        const answer = await withAttacker(world.runtime, ({ run }) => run(`result = os.environ.get("ASKED")`), { env });
        expect(answer).toBe("yes");
      });
    },
  );
}
