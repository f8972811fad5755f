import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { InvokerOperations } from "@meringue/core";
import { fakeClock, memoryInvokerRegistry } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { invokerEndpoints } from "../roles/invoker-endpoints.ts";
import { invokerCommands } from "./invoker-commands.ts";
import { openInvokerOperations, operationsByHttp } from "./invoker-operations.ts";
import { parseCommand } from "./parse-command.ts";

/** Types words and tells the exit code and what was printed. */
async function typed(operations: InvokerOperations, ...argv: string[]) {
  const request = parseCommand(["invoker", ...argv]);
  if (request.kind !== "command") return { code: 2, out: [], err: request.text.split("\n") };
  const [out, err]: [string[], string[]] = [[], []];
  const run = invokerCommands[request.name];
  const code = await run?.(request, { operations, out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err };
}

async function served(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ACCOUNT = { username: "ops", password: "secret" };

describe("meringue admin invoker", () => {
  test("lists the invokers, drains one and takes that back", async ({ expect }) => {
    const hub = memoryInvokerRegistry(fakeClock());
    const announcer = hub.announcer();
    const state = { instance: 0, uniqueName: "w0", userMemoryMb: 1_024 };
    announcer.onDrainWish((draining) => void announcer.announce({ ...state, ...(draining ? { draining } : {}) }));
    await announcer.announce({ ...state, freeMemoryMb: 768 });

    expect(await typed(hub, "list")).toEqual({ code: 0, out: ["invoker0/w0\thealthy\t768 of 1024 MB"], err: [] });
    expect(await typed(hub, "drain", "0")).toEqual({ code: 0, out: ["Invoker 0 drains"], err: [] });
    expect((await typed(hub, "list")).out).toEqual(["invoker0/w0\tdraining\t1024 MB"]);
    expect(await typed(hub, "undrain", "0")).toEqual({ code: 0, out: ["Invoker 0 takes work"], err: [] });
    expect((await typed(hub, "list")).out).toEqual(["invoker0/w0\thealthy\t1024 MB"]);
  });

  test("refuses numbers that are none, or nobody's, and words too many", async ({ expect }) => {
    const hub = memoryInvokerRegistry(fakeClock());
    expect(await typed(hub, "drain", "7")).toEqual({ code: 1, out: [], err: ["There is no invoker 7"] });
    expect(await typed(hub, "drain", "w0")).toMatchObject({ code: 2, err: ['"w0" is no number of an invoker'] });
    expect((await typed(hub, "drain")).err.at(-1)).toContain("the following arguments are required: instance");
    expect((await typed(hub, "list", "all")).err.at(-1)).toContain("unrecognized arguments: all");
  });

  test("by an invoker's own address, drains it as the original's operators disable one", async ({ expect }) => {
    let enabled = true;
    const enable = async (on: boolean): Promise<void> => void (enabled = on);
    const url = await served(invokerEndpoints({ ...ACCOUNT, isEnabled: () => enabled, enable }));
    const operations = operationsByHttp(url, ACCOUNT);
    expect((await typed(operations, "drain", "0")).code).toBe(0);
    expect(enabled).toBe(false);
    await typed(operations, "undrain", "0");
    expect(enabled).toBe(true);

    const stranger = operationsByHttp(url, { ...ACCOUNT, password: "guess" });
    await expect(typed(stranger, "drain", "0")).rejects.toMatchObject({
      cause: { message: expect.stringContaining("answered 401") },
    });
    expect(enabled).toBe(true);
  });

  test("by a controller's address, lists what that says", async ({ expect }) => {
    const body = JSON.stringify({ "invoker0/w0/first": "up", "invoker1/w1": "down", "invoker2/w2": "unresponsive" });
    const url = await served(createServer((_request, response) => response.end(body)));

    expect((await typed(operationsByHttp(url, ACCOUNT), "list")).out).toEqual([
      "invoker0/w0/first\thealthy",
      "invoker1/w1\toffline",
      "invoker2/w2\tunresponsive",
    ]);
  });

  test("says what it needs where the registry carries no wishes", async ({ expect }) => {
    await expect(openInvokerOperations(undefined, {})).rejects.toThrow("by --url");
  });
});
