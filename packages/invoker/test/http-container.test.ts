import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ContainerExit, ContainerRuntime, OutputListener } from "@meringue/core";
import { describe, onTestFinished, test } from "vitest";
import { annotation, invokerWorld, logOf, messageFor } from "./invoker-world.ts";
import { turn } from "./pool-world.ts";

const SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";

/** A runtime of one container, which is a server in this process. */
async function httpRuntime(respond: RequestListener) {
  const server = createServer(respond).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  const exited = Promise.withResolvers<ContainerExit>();
  let print: OutputListener = () => {};
  let pauses = 0;
  const runtime: ContainerRuntime = {
    name: "http",
    isolation: { level: "none", lines: [] },
    whyNot: () => undefined,
    create: async ({ name }) => ({
      name,
      channel: { protocol: "http", address: { host: "127.0.0.1", port: (server.address() as AddressInfo).port } },
      exited: exited.promise,
      onOutput(listener) {
        print = listener;
      },
      async pause() {
        pauses++;
      },
      async resume() {},
      async remove() {
        exited.resolve({ reason: "exited", code: null });
      },
    }),
    removeLeftovers: async () => 0,
    async close() {},
  };
  return {
    runtime,
    server,
    sockets,
    pauses: () => pauses,
    exit: (exit: ContainerExit) => exited.resolve(exit),
    print: (text: string) => {
      for (const stream of ["stdout", "stderr"] as const) print(stream, Buffer.from(text));
    },
  };
}

/** Answers like an action proxy, in upper case. */
function proxy(print: (text: string) => void): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { value } = JSON.parse(Buffer.concat(chunks).toString());
      if (request.url === "/run") print(`ran for ${value.name}\n${SENTINEL}`);
      response.end(JSON.stringify(request.url === "/init" ? { ok: true } : { hi: value.name.toUpperCase() }));
    });
  };
}

describe("a container that speaks HTTP", () => {
  test("is initialized once and runs activations over one connection", async ({ expect }) => {
    const world = await httpRuntime((request, response) => proxy(world.print)(request, response));
    const { ran } = invokerWorld({ runtimes: [world.runtime] });
    const cold = await ran(messageFor({}, { args: { name: "ada" } }));
    const warm = await ran(messageFor({}, { args: { name: "grace" } }));

    expect([cold, warm].map((record) => record.response.result)).toEqual([{ hi: "ADA" }, { hi: "GRACE" }]);
    expect([annotation(cold, "initTime") !== undefined, annotation(warm, "initTime")]).toEqual([true, undefined]);
    expect(logOf(warm)).toEqual(["stdout: ran for grace", "stderr: ran for grace"]);
    expect(world.sockets.length).toBe(1);
  });

  test("has no connection left when it is frozen", async ({ expect }) => {
    const world = await httpRuntime((request, response) => proxy(world.print)(request, response));
    const { ran, clock } = invokerWorld({ runtimes: [world.runtime] });
    await ran(messageFor({}, { args: { name: "ada" } }));
    await turn();
    const closed = once(world.sockets[0] as Socket, "close");
    clock.advance(50);
    await closed;
    expect(world.pauses()).toBe(1);

    expect((await ran(messageFor({}, { args: { name: "grace" } }))).response.result).toEqual({ hi: "GRACE" });
    expect(world.sockets.length).toBe(2);
  });

  test("that ends before it ever listens is not waited for until the time is up", async ({ expect }) => {
    const world = await httpRuntime(() => {});
    const create: ContainerRuntime["create"] = async (spec) => ({
      ...(await world.runtime.create(spec)),
      channel: { protocol: "http", address: { path: "/nobody/listens/here" } },
    });
    const { ran } = invokerWorld({ runtimes: [{ ...world.runtime, create }] });
    setTimeout(() => world.exit({ reason: "exited", code: 1 }), 20);
    const record = await ran();

    expect(record.response).toEqual({
      statusCode: 2,
      result: { error: "The action did not initialize and exited unexpectedly." },
    });
  });
});
