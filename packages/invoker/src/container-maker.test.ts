import { ContainerStartFailed, type Exec, parseManifest } from "@meringue/core";
import { anAction, fakeContainerRuntime } from "@meringue/testkit";
import { describe, test } from "vitest";
import { containerMaker } from "./container-maker.ts";

const stemCells = [{ initialCount: 2, memory: "256 MB" }];
const manifest = parseManifest({
  runtimes: {
    nodejs: [
      { kind: "nodejs:24", default: true, image: { prefix: "ours", name: "node" }, stemCells },
      { kind: "nodejs:8", image: { name: "old" }, deprecated: true, stemCells },
    ],
    quiet: [{ kind: "quiet:1", image: { name: "quiet" }, sentinelledLogs: false, stemCells }],
  },
  blackboxes: [{ prefix: "ours", name: "skeleton" }],
});
const maker = (runtimes = [fakeContainerRuntime()]) =>
  containerMaker({ runtimes, manifest, memoryMb: 1024, pullPolicy: "always", env: { EXTRA: "1" } });
const code = (kind: string): Exec => ({ type: "code", kind, binary: false });
const blackbox = (image: string): Exec => ({
  type: "blackbox",
  kind: "blackbox",
  image,
  binary: false,
  hasCode: false,
});
const action = (exec: Exec) => ({ id: "guest/hello", rev: "1", action: anAction({ exec }) });
const never = new AbortController().signal;

describe("the maker of containers", () => {
  test.for([
    ["a runtime of ours", code("nodejs:24"), "ours/node", "never", true],
    ["a runtime that marks no ends", code("quiet:1"), "quiet", "never", false],
    ["a user's image", blackbox("theirs/thing:2"), "theirs/thing:2", "always", false],
    ["an image that counts as ours", blackbox("ours/skeleton:latest"), "ours/skeleton:latest", "never", true],
  ] as const)("knows the container for %s", ([, exec, image, pull, sentinels], { expect }) => {
    expect(maker().classOf(action(exec))).toEqual({ kind: exec.kind, image, pull, memoryMb: 256 });
    expect(maker().sentinels(action(exec))).toBe(sentinels);
  });

  test("gives each a name of its own, its share of the processor and what all get", async ({ expect }) => {
    const runtime = fakeContainerRuntime();
    const { create, classOf } = maker([runtime]);
    const cell = classOf(action(code("nodejs:24")));
    await create(cell, never);
    await create({ ...cell, memoryMb: 1 }, never);
    await create({ ...cell, memoryMb: 4096 }, never);

    expect(runtime.containers.map(({ spec }) => [spec.name, spec.cpuShares])).toEqual([
      ["wsk_1_nodejs24", 256],
      ["wsk_2_nodejs24", 2],
      ["wsk_3_nodejs24", 1024],
    ]);
    expect(runtime.containers[0]?.spec).toMatchObject({ ...cell, env: { EXTRA: "1" } });
  });

  test("asks the first runtime that can, and tells why none can", async ({ expect }) => {
    const first = fakeContainerRuntime({ whyNot: (kind) => (kind === "blackbox" ? "it runs no images" : undefined) });
    const second = fakeContainerRuntime({ whyNot: () => "it is out of order" });
    const { create, classOf } = maker([second, first]);
    await create(classOf(action(code("nodejs:24"))), never);
    expect([first.counts.created, second.counts.created]).toEqual([1, 0]);

    const failed = create(classOf(action(blackbox("a/b"))), never);
    await expect(failed).rejects.toThrow(ContainerStartFailed);
    await expect(failed).rejects.toThrow(
      "nothing here can run blackbox (fake: it is out of order; fake: it runs no images)",
    );
  });

  test("plans stem cells of what is not deprecated and can be run here", ({ expect }) => {
    const runtime = fakeContainerRuntime({ whyNot: (kind) => (kind === "quiet:1" ? "no" : undefined) });

    expect(maker([runtime]).stemCellPlans()).toEqual([
      {
        cell: { kind: "nodejs:24", image: "ours/node", pull: "never", memoryMb: 256 },
        config: { initialCount: 2, memoryMb: 256 },
      },
    ]);
  });
});
