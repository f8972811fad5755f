import { fakeClock } from "@meringue/testkit";
import { describe, test } from "vitest";
import { tableWorld } from "../test/table-world.ts";
import { idleSweeper } from "./idle-sweeper.ts";

function aSweeper() {
  const world = tableWorld();
  const clock = fakeClock(0);
  let timers = 0;
  const counted = {
    ...clock,
    after(delayMs: number, callback: () => void) {
      timers++;
      return clock.after(delayMs, callback);
    },
  };
  const done: string[] = [];
  const note = (what: string, name: string) => done.push(`${clock.now()} ${what} ${name}`);
  const sweeper = idleSweeper(
    world.table,
    { pauseGraceMs: 50, idleTimeoutMs: 1_000, clock: counted },
    {
      expire(pooled) {
        note("expire", pooled.name);
        if (pooled.state !== "cell") pooled.state = "removing";
      },
      pause(pooled) {
        note("pause", pooled.name);
        pooled.state = "pausing";
      },
    },
  );
  const idle = () => {
    const pooled = world.has("idle", { idleSince: clock.now() });
    sweeper.arm();
    return pooled;
  };
  return { ...world, clock, done, sweeper, idle, timers: () => timers };
}

describe("the sweeper of idle containers", () => {
  test("freezes a container after its grace, and ends it when it stays idle", ({ expect }) => {
    const { clock, done, idle } = aSweeper();
    const pooled = idle();
    clock.advance(50);
    pooled.state = "paused";
    clock.advance(2_000);

    expect(done).toEqual(["50 pause c1", "1000 expire c1"]);
  });

  test("leaves a container alone that worked meanwhile, until it was idle for as long again", ({ expect }) => {
    const { clock, done, idle, sweeper } = aSweeper();
    const pooled = idle();
    clock.advance(40);
    pooled.state = "busy";
    clock.advance(5);
    Object.assign(pooled, { state: "idle", idleSince: 45 });
    sweeper.arm();
    clock.advance(49);
    expect(done).toEqual([]);
    clock.advance(1);

    expect(done).toEqual(["95 pause c1"]);
  });

  test("treats each container by its own time", ({ expect }) => {
    const { clock, done, idle } = aSweeper();
    const first = idle();
    clock.advance(30);
    idle();
    clock.advance(20);
    first.state = "paused";
    clock.advance(100);

    expect(done).toEqual(["50 pause c1", "80 pause c2"]);
  });

  test("does not forget a container whose freezing takes long", ({ expect }) => {
    const { clock, done, idle } = aSweeper();
    const slow = idle();
    clock.advance(50);
    const quick = idle();
    clock.advance(50);
    quick.state = "removing";
    clock.advance(300);
    slow.state = "paused";
    clock.advance(1_000);

    expect(done.at(-1)).toBe("1000 expire c1");
  });

  test("asks about a stem cell when it is old, and again when it is as old again", ({ expect }) => {
    const { clock, done, has, sweeper } = aSweeper();
    has("cell", { idleSince: 0 });
    sweeper.arm();
    clock.advance(2_500);

    expect(done).toEqual(["1000 expire c1", "2000 expire c1"]);
  });

  test("sets one timer for many activations", ({ expect }) => {
    const { clock, sweeper, timers, has } = aSweeper();
    const pooled = has("idle");
    for (let i = 0; i < 100; i++) {
      clock.advance(0.1);
      pooled.idleSince = clock.now();
      sweeper.arm();
    }

    expect(timers()).toBe(1);
  });

  test("that was stopped does nothing more", ({ expect }) => {
    const { clock, done, idle, sweeper } = aSweeper();
    idle();
    sweeper.stop();
    idle();
    clock.advance(5_000);

    expect(done).toEqual([]);
  });
});
