import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, test } from "vitest";
import { cgroupV2, divide, weightOf } from "./cgroup-v2.ts";
import { findCgroups } from "./find-cgroups.ts";
import { joinCgroup } from "./join-cgroup.ts";

const UNIFIED = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].find((path) => existsSync(`${path}/cgroup.controllers`));
const isRoot = process.getuid?.() === 0;

describe("control groups of the second generation", () => {
  test("weigh as shares of the first do", ({ expect }) => {
    expect([2, 1024, 262_144].map(weightOf)).toEqual([1, 39, 10_000]);
  });

  test("get their limits in the words of that generation", ({ expect }) => {
    const folder = mkdtempSync(`${tmpdir()}/cgroup-`);
    try {
      const group = cgroupV2(folder).make("one");
      expect(group.isLimited()).toBe(false);
      group.limit({ memoryMb: 256, pids: 1024, cpuShares: 1024 });
      const read = (file: string): string => readFileSync(`${folder}/one/${file}`, "utf8");
      expect([read("memory.max"), read("pids.max"), read("cpu.weight"), read("memory.oom.group")]).toEqual([
        "268435456",
        "1024",
        "39",
        "1",
      ]);
      expect(group.isLimited()).toBe(true);
      writeFileSync(`${folder}/one/memory.events`, "low 0\noom 3\noom_kill 2\noom_group_kill 1\n");
      expect(group.memoryKills()).toBe(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("are divided only where the controllers were delegated", async ({ expect }) => {
    const folder = mkdtempSync(`${tmpdir()}/cgroup-`);
    try {
      writeFileSync(`${folder}/cgroup.controllers`, "cpu pids\n");
      writeFileSync(`${folder}/cgroup.subtree_control`, "");
      await expect(divide(folder)).rejects.toThrow("the controllers memory are not delegated");
      writeFileSync(`${folder}/cgroup.controllers`, "cpuset cpu io memory pids\n");
      await divide(folder);
      expect(readFileSync(`${folder}/cgroup.subtree_control`, "utf8")).toBe("+memory +pids +cpu");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const lacking = UNIFIED === undefined ? "no cgroup2 is mounted" : isRoot ? undefined : "tests do not run as root";
  test.skipIf(lacking !== undefined)(
    `freeze, thaw and kill what is inside${lacking ? ` (skipped: ${lacking})` : ""}`,
    async ({ expect }) => {
      const owner = `${UNIFIED}/meringue-test${process.pid}`;
      mkdirSync(owner);
      const host = cgroupV2(owner);
      const group = host.make("one");
      const child = spawn("sh", ["-c", "sleep 600 & sleep 600"], { stdio: "ignore" });
      const end = once(child, "exit");
      try {
        await once(child, "spawn");
        await joinCgroup(group, child.pid ?? 0);
        await group.freeze();
        expect(readFileSync(`${owner}/one/cgroup.events`, "utf8")).toContain("frozen 1");
        await group.thaw();
        await group.freeze();
      } finally {
        await group.remove();
        host.close();
      }
      expect((await end)[1]).toBe("SIGKILL");
      expect(existsSync(owner)).toBe(false);
    },
  );
});

describe("finding control groups", () => {
  test("says why there are none", async ({ expect }) => {
    await expect(findCgroups("testowner", true, { mounts: "proc /proc proc rw 0 0\n", own: "0::/\n" })).rejects.toThrow(
      "no cgroup file system with a memory controller is mounted",
    );
  });

  test("looks below the group of this process when it is not root", async ({ expect }) => {
    const folder = mkdtempSync(`${tmpdir()}/cgroup-`);
    try {
      mkdirSync(`${folder}/user.slice/app.scope`, { recursive: true });
      for (const file of ["cgroup.controllers", "cgroup.subtree_control"]) {
        writeFileSync(`${folder}/user.slice/app.scope/${file}`, file.endsWith("controllers") ? "cpu pids\n" : "");
      }
      const sources = { mounts: `cgroup2 ${folder} cgroup2 rw 0 0\n`, own: "0::/user.slice/app.scope\n" };
      await expect(findCgroups("testowner", false, sources)).rejects.toThrow("memory are not delegated");
      expect(readdirSync(folder)).toEqual(["user.slice"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
