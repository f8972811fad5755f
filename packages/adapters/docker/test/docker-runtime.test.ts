import { networkInterfaces } from "node:os";
import { ContainerGone } from "@meringue/core";
import { describe, test } from "vitest";
import { spec } from "./played-runtime.ts";
import { ask, containersOf, imageThatRuns, realRuntime, whyNoContainers } from "./real-engine.ts";

const why = await whyNoContainers();
const ECHO = "function main(args) { return args; }";

describe.skipIf(why !== undefined)("a container on a real Docker engine (if one answers and has our images)", () => {
  test("is initialised and run", async ({ expect }) => {
    await using world = await realRuntime();
    const { run } = await world.action(ECHO);
    expect(await run({ hello: "❄ ☃ ❄" })).toEqual({ hello: "❄ ☃ ❄" });
  });

  test("is frozen while it is paused, and goes on where it was", async ({ expect }) => {
    await using world = await realRuntime();
    const { container, run } = await world.action(ECHO);
    await container.pause();
    await container.pause();
    let answered = false;
    const running = run({ n: 1 }).then((answer) => {
      answered = true;
      return answer;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(answered).toBe(false);
    await container.resume();
    await container.resume();
    expect(await running).toEqual({ n: 1 });
  });

  test("is removed although it is paused, and cannot be resumed then", async ({ expect }) => {
    await using world = await realRuntime();
    const { container } = await world.action(ECHO);
    await container.pause();
    await container.remove();
    await container.remove();
    expect(await container.exited).toMatchObject({ reason: "exited", code: null });
    await expect(container.resume()).rejects.toThrow(ContainerGone);
    expect(await containersOf(world.ownerId)).toEqual([]);
  });

  test("that is removed by somebody else behind our back has ended, and is gone for us", async ({ expect }) => {
    await using world = await realRuntime();
    const { container } = await world.action(ECHO);
    const [id] = await containersOf(world.ownerId);
    await ask("DELETE", `/containers/${id}?force=true`);
    expect(await container.exited).toMatchObject({ reason: "exited" });
    await expect(container.pause()).rejects.toThrow(ContainerGone);
    await container.remove();
  });

  test("tells the code that its process exits with", async ({ expect }) => {
    await using world = await realRuntime();
    const { container, run } = await world.action("function main() { process.exit(7); }");
    await expect(run()).rejects.toThrow();
    expect(await container.exited).toEqual({ reason: "exited", code: 7 });
  });

  test("has all its output read when it has exited, however much came last", async ({ expect }) => {
    await using world = await realRuntime();
    const burst = `function main() {
      const line = "x".repeat(1023) + "\\n";
      for (let n = 0; n < 1024; n += 1) require("fs").writeSync(1, line);
      require("fs").writeSync(2, "the end\\n");
      process.exit(0);
    }`;
    const { container, run, output } = await world.action(burst);
    await expect(run()).rejects.toThrow();
    await container.exited;
    expect(output.stdout().length).toBe(1024 * 1024);
    expect(output.stderr()).toBe("the end\n");
  });

  test("hands over what it printed before anyone listened", async ({ expect }) => {
    await using image = await imageThatRuns("echo", "early words");
    await using world = await realRuntime();
    const container = await world.runtime.create(spec({ image: image.name }));
    await container.exited;
    const printed: string[] = [];
    container.onOutput((_stream, chunk) => printed.push(chunk.toString()));
    expect(printed.join("")).toBe("early words\n");
  });

  test("reaches the API at __OW_API_HOST, which knows it by its name", async ({ expect }) => {
    await using world = await realRuntime();
    const code = "async function main() { return (await fetch(process.env.__OW_API_HOST)).json(); }";
    const { run } = await world.action(code, { name: "wsk0_42_guest_caller" });
    expect(await run()).toEqual({ caller: "wsk0_42_guest_caller" });
  });

  test("of an image without its command is its developer's fault, and leaves nothing", async ({ expect }) => {
    await using image = await imageThatRuns("/no/such/program");
    await using world = await realRuntime();
    await expect(world.runtime.create(spec({ image: image.name }))).rejects.toMatchObject({ fault: "command" });
    expect(await world.runtime.removeLeftovers()).toBe(0);
  });

  test("of an image that nobody has is the host's fault if it is ours, else its developer's", async ({ expect }) => {
    await using world = await realRuntime();
    const image = "127.0.0.1:1/no/such-image:1";
    await expect(world.runtime.create(spec({ image }))).rejects.toMatchObject({ fault: "host" });
    await expect(world.runtime.create(spec({ image, pull: "if-absent" }))).rejects.toMatchObject({ fault: "image" });
  });

  test("takes its network with it when the runtime is closed", async ({ expect }) => {
    const world = await realRuntime();
    await world.action(ECHO);
    const bridge = /\bmrg[0-9a-f]{10}\b/.exec(world.runtime.isolation.lines.join("\n"))?.[0] ?? "";
    expect(networkInterfaces()).toHaveProperty(bridge);
    await world.runtime.close();
    expect(networkInterfaces()).not.toHaveProperty(bridge);
    expect(await ask("GET", "/networks")).not.toContainEqual(
      expect.objectContaining({ Name: `meringue-${world.ownerId}` }),
    );
  });
});
