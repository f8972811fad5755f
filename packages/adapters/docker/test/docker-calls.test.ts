import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "vitest";
import { playedRuntime, spec } from "./played-runtime.ts";

function calls(world: { engine: { calls: readonly { what: string }[] } }, what: string): number {
  return world.engine.calls.filter((call) => call.what === what).length;
}

describe("the Docker runtime", () => {
  test("asks for a container with all its limits", async ({ expect }) => {
    await using world = await playedRuntime({}, { ownerId: "limits-test" });
    await world.runtime.create(spec({ env: { __OW_ALLOW_CONCURRENT: "true" } }));
    const created = world.engine.calls.find(({ what }) => what === "POST /containers/create");
    expect(created?.query.get("name")).toMatch(/^meringue-limits-test-[0-9a-f]{8}-wsk0_1_guest_hello$/);
    expect(created?.body).toMatchObject({
      Image: "meringue/action-nodejs-v24",
      Env: [expect.stringMatching(/^__OW_API_HOST=http:\/\/127\.0\.0\.1:\d+$/), "__OW_ALLOW_CONCURRENT=true"],
      Labels: { "meringue.owner": "limits-test", "meringue.container": "wsk0_1_guest_hello" },
      HostConfig: {
        NetworkMode: "meringue-limits-test",
        Memory: 268_435_456,
        MemorySwap: 268_435_456,
        CpuShares: 128,
        PidsLimit: 1024,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        Ulimits: expect.arrayContaining([{ Name: "nofile", Soft: 1024, Hard: 1024 }]) as unknown,
        LogConfig: { Type: "none" },
        AutoRemove: false,
      },
    });
  });

  test("leaves an operator's own address of the API as it is", async ({ expect }) => {
    await using world = await playedRuntime();
    await world.runtime.create(spec({ env: { __OW_API_HOST: "https://api.example.org" } }));
    const created = world.engine.calls.find(({ what }) => what === "POST /containers/create");
    expect(created?.body).toMatchObject({ Env: ["__OW_API_HOST=https://api.example.org"] });
  });

  test("attaches before it starts", async ({ expect }) => {
    await using world = await playedRuntime();
    await world.runtime.create(spec());
    const order = world.engine.calls.map(({ what }) => what).filter((what) => /attach|start/.test(what));
    expect(order).toEqual(["POST /containers/:name/attach", "POST /containers/:name/start"]);
  });

  test("names the contents of a container's image as the tools that it builds with", async ({ expect }) => {
    await using world = await playedRuntime({
      "GET /containers/:name/json": () => ({ body: { Image: "sha256:1f8b" } }),
    });
    const container = await world.runtime.create(spec());
    expect(await container.toolchain?.()).toBe("sha256:1f8b");
  });

  test("knows no tools when the engine does not tell", async ({ expect }) => {
    await using world = await playedRuntime({ "GET /containers/:name/json": () => ({ status: 500, body: {} }) });
    const container = await world.runtime.create(spec());
    expect(await container.toolchain?.()).toBeUndefined();
  });

  test("starts a limited number at a time", async ({ expect }) => {
    let starting = 0;
    let most = 0;
    await using world = await playedRuntime(
      {
        "POST /containers/:name/start": async () => {
          most = Math.max(most, ++starting);
          await sleep(5);
          starting -= 1;
          return { status: 204 };
        },
      },
      { parallelStarts: 3 },
    );
    await Promise.all(Array.from({ length: 9 }, (_, index) => world.runtime.create(spec({ name: `wsk0_${index}` }))));
    expect(most).toBe(3);
  });

  test("pulls an absent image once for all who wait for it, and creates then", async ({ expect }) => {
    const image = "me/x:1";
    let pulled = false;
    await using world = await playedRuntime({
      "POST /containers/create": () =>
        pulled ? { status: 201, body: { Id: "id1" } } : { status: 404, body: { message: "No such image: me/x:1" } },
      "POST /images/create": async () => {
        await sleep(20);
        pulled = true;
        return { body: { status: "Pull complete" } };
      },
    });
    const specs = ["a", "b", "c"].map((name) => spec({ name, image, pull: "if-absent" }));
    await Promise.all(specs.map((each) => world.runtime.create(each)));
    expect(calls(world, "POST /images/create")).toBe(1);
    const pull = world.engine.calls.find(({ what }) => what === "POST /images/create");
    expect(Object.fromEntries(pull?.query ?? [])).toEqual({ fromImage: "me/x", tag: "1" });
  });

  test.for([
    ["me/x", "me/x", "latest"],
    ["registry.local:5000/me/x", "registry.local:5000/me/x", "latest"],
    ["registry.local:5000/me/x:2", "registry.local:5000/me/x", "2"],
    ["me/x:2@sha256:abc", "me/x", "sha256:abc"],
  ])("pulls exactly the image %s when it is told to", async ([image, fromImage, tag], { expect }) => {
    await using world = await playedRuntime();
    await world.runtime.create(spec({ image: image as string, pull: "always" }));
    const pull = world.engine.calls.find(({ what }) => what === "POST /images/create");
    expect(Object.fromEntries(pull?.query ?? [])).toEqual({ fromImage, tag });
  });

  test("uses the copy it has of an image with a fixed tag whose pull fails, but not of a latest one", async ({
    expect,
  }) => {
    await using world = await playedRuntime({ "POST /images/create": () => ({ body: { error: "no route to host" } }) });
    await world.runtime.create(spec({ image: "me/x:1.2", pull: "always" }));
    await expect(world.runtime.create(spec({ image: "me/x", pull: "always" }))).rejects.toMatchObject({
      fault: "image",
    });
  });

  test("pauses and resumes once, however often it is told to", async ({ expect }) => {
    await using world = await playedRuntime();
    const container = await world.runtime.create(spec());
    await container.resume();
    await Promise.all([container.pause(), container.pause()]);
    await Promise.all([container.resume(), container.resume()]);
    expect(calls(world, "POST /containers/:name/pause")).toBe(1);
    expect(calls(world, "POST /containers/:name/unpause")).toBe(1);
  });

  test("gives an address to another container only after the first was removed", async ({ expect }) => {
    const network = { IPAM: { Config: [{ Subnet: "127.0.0.0/29", Gateway: "127.0.0.1" }] }, Containers: {} };
    await using world = await playedRuntime({
      "GET /networks/:name": () => ({ body: network }),
      "POST /containers/:name/wait": () => ({ body: { StatusCode: 0 } }),
    });
    const containers = [];
    for (const name of ["a", "b", "c", "d", "e"]) containers.push(await world.runtime.create(spec({ name })));
    await Promise.all(containers.map(({ exited }) => exited));
    await expect(world.runtime.create(spec({ name: "f" }))).rejects.toMatchObject({ fault: "host" });
    await containers[2]?.remove();
    const sixth = await world.runtime.create(spec({ name: "f" }));
    expect(sixth.channel).toEqual(containers[2]?.channel);
  });

  test("removes what is its owner's and not its own", async ({ expect }) => {
    await using world = await playedRuntime(
      {
        "GET /containers/json": ({ query }) => {
          const mine = world?.engine.calls.find(({ what }) => what === "POST /containers/create")?.query.get("name");
          expect(JSON.parse(query.get("filters") ?? "")).toEqual({ label: ["meringue.owner=leftovers-test"] });
          return {
            body: [
              { Id: "old", Names: ["/meringue-leftovers-test-00000000-wsk0_1"] },
              { Id: "own", Names: [`/${mine}`] },
            ],
          };
        },
      },
      { ownerId: "leftovers-test" },
    );
    await world.runtime.create(spec());
    expect(await world.runtime.removeLeftovers()).toBe(1);
    expect(calls(world, "DELETE /containers/:name")).toBe(1);
  });

  test("that is closed removes its network and starts nothing more", async ({ expect }) => {
    const world = await playedRuntime();
    const container = await world.runtime.create(spec());
    await world.runtime.close();
    expect(await container.exited).toEqual({ reason: "exited", code: null });
    await container.remove();
    expect(world.engine.calls.at(-1)?.what).toBe("DELETE /networks/:name");
    await expect(world.runtime.create(spec())).rejects.toThrow("the Docker runtime is being closed");
    await world[Symbol.asyncDispose]();
  });

  test("of an owner whose name cannot be a container's is refused", async ({ expect }) => {
    await expect(playedRuntime({}, { ownerId: "a/b" })).rejects.toThrow("not usable in the name of a container: a/b");
  });
});
