import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { httpCall } from "../src/http-call.ts";
import { startPlatform } from "../src/platform.ts";
import { descendants, memoryMb, settle } from "../src/proc.ts";
import { startProgram } from "../src/program.ts";
import type { Row } from "../src/row.ts";
import type { Bench, Scenario } from "../src/scenario.ts";

const SETTLE_MS = 3_000;
const PAUSE_MS = 2;
const TIMEOUT_MS = 60_000;

/** How soon a server answers after its process starts, beside a bare node:http server; and what it weighs idle. */
export const start: Scenario = {
  name: "start",
  title: "Start of the server, and its weight when nothing is called",
  remote: false,
  async run(bench) {
    const [bare, first, ready, idle, cells]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
    for (let round = 0; round < bench.rounds; round++) {
      bare.push(await bareFirstAnswer());
      const ours = await oursFirstAnswer(bench);
      first.push(ours.firstMs);
      ready.push(ours.readyMs);
      idle.push(ours.idleMb);
      cells.push(ours.cellsMb);
    }
    const ratio = first.map((ms, round) => ms / (bare[round] ?? Number.NaN));
    return [
      {
        goal: "G11",
        what: "start of the process to first answer, multiple of bare node:http",
        unit: "×",
        values: ratio,
      },
      { what: "bare node:http, to first answer", unit: "ms", values: bare },
      { what: "server, to first answer of /ping", unit: "ms", values: first },
      { what: "server, to `ready`: containers can be had", unit: "ms", values: ready },
      { goal: "G12", what: "server idle, resident memory", unit: "MB", values: idle },
      { what: "stem cells beside it, resident memory (shared pages counted each time)", unit: "MB", values: cells },
    ] satisfies Row[];
  },
};

async function bareFirstAnswer(): Promise<number> {
  const port = await freePort();
  const started = performance.now();
  const answered = firstAnswer(`http://127.0.0.1:${port}/`).then(() => performance.now() - started);
  const [program, firstMs] = await Promise.all([startProgram("bare-action-server.mjs", [String(port)]), answered]);
  await program[Symbol.asyncDispose]();
  return firstMs;
}

async function oursFirstAnswer(bench: Bench) {
  const port = await freePort();
  const started = performance.now();
  const answered = firstAnswer(`http://127.0.0.1:${port}/ping`).then(() => performance.now() - started);
  const starting = startPlatform(bench, ["--port", String(port)]);
  const ready = starting.then(() => performance.now() - started);
  const [server, readyMs, firstMs] = await Promise.all([starting, ready, answered]);
  await using platform = server;
  const pid = platform.pid ?? 0;
  await settle(bench, pid);
  await pause(bench.quick ? 0 : SETTLE_MS);
  const each = await Promise.all((await descendants(pid)).map((child) => memoryMb(child).catch(() => 0)));
  const cellsMb = each.reduce((sum, mb) => sum + (Number.isNaN(mb) ? 0 : mb), 0);
  return { firstMs, readyMs, idleMb: await memoryMb(pid), cellsMb };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks until somebody answers: the API does so before containers are ready, which `ready` waits for. */
async function firstAnswer(url: string): Promise<void> {
  for (const giveUpAt = performance.now() + TIMEOUT_MS; performance.now() < giveUpAt; ) {
    try {
      await httpCall(url, { method: "GET" });
      return;
    } catch {
      await pause(PAUSE_MS); // nobody listens yet
    }
  }
  throw new Error(`nobody answered ${url}`);
}
