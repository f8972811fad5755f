import type { Readable, Writable } from "node:stream";
import { ContainerStartFailed } from "@meringue/core";
import { describe, test } from "vitest";
import type { FakeContainer } from "./fake-container.ts";
import { type FakeRuntimeOptions, fakeContainerRuntime } from "./fake-container-runtime.ts";

const spec = { name: "c1", kind: "k", image: "i", pull: "never", memoryMb: 100, cpuShares: 2, env: {} } as const;
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function aContainer(options: FakeRuntimeOptions = {}) {
  const runtime = fakeContainerRuntime(options);
  const container = (await runtime.create(spec)) as FakeContainer;
  const { input, output } = container.channel as { input: Writable; output: Readable };
  const ask = async (line: string): Promise<string> => {
    input.write(`${line}\n`);
    await turn();
    return String(output.read() ?? "");
  };
  return { runtime, container, ask, output };
}

describe("a fake container", () => {
  test("answers line by line, and marks the end of what a run printed", async ({ expect }) => {
    const { container, ask } = await aContainer();
    const printed: string[] = [];
    container.onOutput((stream, chunk) => printed.push(`${stream}: ${chunk}`));

    expect(await ask('{"init":{"code":""}}')).toBe("200 init {}\n");
    expect(await ask('{"activation_id":"a","value":{"x":1}}')).toBe('200 a {"x":1}\n');
    expect(printed).toEqual(["stdout", "stderr"].map((s) => `${s}: XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n`));
  });

  test("that is frozen hears nothing until it is thawed", async ({ expect }) => {
    const { container, ask, output } = await aContainer();
    await container.pause();
    expect(await ask('{"activation_id":"a","value":{}}')).toBe("");
    await container.resume();
    await turn();

    expect(String(output.read())).toBe("200 a {}\n");
  });

  test("ends as its script says, and ends its output", async ({ expect }) => {
    const exit = { reason: "out-of-memory", code: 137 } as const;
    const { container, ask, output } = await aContainer({ script: () => ({ raw: null, exit }) });
    await ask('{"activation_id":"a","value":{}}');

    expect(await container.exited).toEqual(exit);
    expect(output.readableEnded || output.read() === null).toBe(true);
  });
});

describe("a fake runtime", () => {
  test("counts memory from before a container is there until it is gone", async ({ expect }) => {
    const gone = Promise.withResolvers<void>();
    const { runtime, container } = await aContainer({ removing: () => gone.promise });
    const removed = container.remove();
    expect([runtime.memoryMb, runtime.containers.length]).toEqual([100, 1]);
    gone.resolve();
    await removed;

    expect([runtime.memoryMb, runtime.peakMemoryMb, runtime.counts.removed]).toEqual([0, 100, 1]);
  });

  test("gives up a start when it is told to, and leaves nothing", async ({ expect }) => {
    const runtime = fakeContainerRuntime({ creating: () => new Promise(() => {}) });
    const stop = new AbortController();
    const started = runtime.create(spec, stop.signal);
    stop.abort();

    await expect(started).rejects.toThrow(ContainerStartFailed);
    expect([runtime.memoryMb, runtime.counts.failed]).toEqual([0, 1]);
  });
});
