import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject } from "@meringue/core";
import { type ServerProcess, startServer } from "@meringue/testkit";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type ApiAnswer, type ApiClient, apiClient } from "./api-client.ts";
import { leftovers } from "./leftovers.ts";

const POLL_MS = 10;
const LONG = { timeout: 60_000 };
const needsProc = process.platform === "linux" ? "" : " (skipped: finds processes by /proc)";

/** Starts a process that this host can tell by its arguments, then waits if it is told to. */
const MARKED = `
const { spawn } = require("node:child_process");
exports.main = ({ marker, wait }) => {
  console.log("working"); // before the sign by which the test knows that it runs
  if (marker) spawn("sleep", [marker], { stdio: "ignore" });
  return wait ? new Promise(() => {}) : { done: true };
};`;
/** A frozen process takes no notice of a signal where control groups are of the first generation. */
const NEVER_FROZEN = ["--pause-grace-ms", "600000"];
const BROKEN_OFF = "The action did not produce a valid response and exited unexpectedly.";

describe.skipIf(needsProc !== "")(`a container that fails${needsProc}`, LONG, () => {
  let dataDir: string;
  let server: ServerProcess;
  let api: ApiClient;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "meringue-fault-"));
    server = await startServer({ dataDir, flags: ["--containers", "sandbox", ...NEVER_FROZEN] });
    api = apiClient(server.url, server.guestKey);
  });
  afterAll(async () => {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function create(name: string, code: string): Promise<void> {
    await api.call("PUT", `actions/${name}`, { exec: { kind: "nodejs:default", code } });
  }
  const invoke = (name: string, args: object): Promise<ApiAnswer> =>
    api.call("POST", `actions/${name}?blocking=true`, args);

  async function recordsOf(name: string): Promise<unknown> {
    return (await api.call("GET", `activations?name=${name}&docs=true`)).json;
  }

  const victims = [
    ["the process that runs the code", (marker: string) => parentOf(only(marker))],
    ["the first process of the sandbox", (marker: string) => below(server.child.pid ?? 0, only(marker))],
  ] as const;

  test.for(victims)(
    "%s is killed at work: the one record says so, and all of it is gone",
    async ([, victim], { expect }) => {
      const [name, marker] = [`killed${victims.findIndex(([, each]) => each === victim)}`, newMarker()];
      await create(name, MARKED);
      const answering = invoke(name, { marker, wait: true });
      await until(() => carriers(marker).length === 1);
      process.kill(victim(marker), "SIGKILL");

      const { status, json } = await answering;
      expect(status).toBe(502);
      expect(json).toMatchObject({ response: { status: "action developer error", result: { error: BROKEN_OFF } } });
      expect(await recordsOf(name)).toMatchObject([
        {
          activationId: isJsonObject(json) ? json["activationId"] : undefined,
          response: { status: "action developer error", result: { error: BROKEN_OFF } },
          logs: expect.arrayContaining([expect.stringMatching(/stdout: working$/)]),
        },
      ]);
      await until(() => carriers(marker).length === 0);
      expect(await invoke(name, {})).toMatchObject({ status: 200, json: { response: { result: { done: true } } } });
    },
  );

  test("is killed while it idles: nobody notices", async ({ expect }) => {
    const marker = newMarker();
    await create("idle", MARKED);
    await invoke("idle", { marker });
    process.kill(parentOf(only(marker)), "SIGKILL");
    await until(() => carriers(marker).length === 0);

    expect(await invoke("idle", {})).toMatchObject({ status: 200, json: { response: { result: { done: true } } } });
    expect(await recordsOf("idle")).toHaveLength(2);
  });

  test("loses its log: what came before is in the record, and results count as ever", async ({ expect }) => {
    const code = `
      exports.main = () => { console.log("before"); require("node:fs").closeSync(1); console.log("after"); return { done: true }; };`;
    await create("logless", code);
    const done = { status: 200, json: { response: { status: "success", result: { done: true } } } };

    expect(await invoke("logless", {})).toMatchObject(done);
    await until(async () => ((await recordsOf("logless")) as unknown[]).length === 1);
    expect(await recordsOf("logless")).toMatchObject([
      {
        response: { result: { done: true } },
        logs: expect.arrayContaining([expect.stringMatching(/stdout: before$/)]),
      },
    ]);
    await create("careful", code.replace("closeSync(1)", "closeSync(2)"));
    expect(await invoke("careful", {})).toMatchObject(done);
  });

  test("leaves nothing behind when the server has stopped", async ({ expect }) => {
    expect(await server.stop()).toBe(0);
    expect(await leftovers(dataDir)).toEqual([]);
  });
});

let markers = 0;
/** An argument for sleep that no other process of this host has. */
function newMarker(): string {
  return `${900_000 + markers++}.${process.pid}`;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(POLL_MS);
}

/** Processes that have `marker` as their last argument. */
function carriers(marker: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && textOf(`/proc/${name}/cmdline`) === `sleep\0${marker}\0`)
    .map(Number);
}

function only(marker: string): number {
  const [pid] = carriers(marker);
  if (pid === undefined) throw new Error(`no process has the argument ${marker}`);
  return pid;
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1]);
}

/** The ancestor of `pid` that is a child of `top`. */
function below(top: number, pid: number): number {
  const parent = parentOf(pid);
  if (!(parent > 1)) throw new Error(`process ${pid} does not descend from ${top}`);
  return parent === top ? pid : below(top, parent);
}

/** Of a process that may end at any moment. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
