import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { median, type Row, spread } from "./figures.ts";
import { startPlatform } from "./platform.ts";
import { residentMb, startProgram } from "./processes.ts";

const ROUNDS = 5;
const SETTLE_MS = 3_000;
const PING_PAUSE_MS = 5;
const PING_TIMEOUT_MS = 60_000;

/** How soon a server answers after its process starts, beside a bare node:http server; and what it weighs idle. */
export async function startScenario(): Promise<Row[]> {
  const [bare, ours, ready]: [number[], number[], number[]] = [[], [], []];
  let idleMb = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const program = await startProgram("bare-action-server.ts");
    bare.push(program.readyMs);
    await program.stop();

    const port = await freePort();
    const started = performance.now();
    const pinged = firstPing(port).then(() => ours.push(performance.now() - started));
    await using platform = await startPlatform(["--port", String(port)]);
    ready.push(performance.now() - started);
    await pinged;
    if (round < ROUNDS - 1) continue;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS)); // stem cells are started meanwhile
    idleMb = await residentMb(platform.server.child.pid ?? 0);
  }
  return [
    { what: "bare node:http, start to listening, ms", value: spread(bare), raw: bare },
    { what: "server, start to `ready`, ms", value: spread(ready), raw: ready },
    { what: "server, start to first /ping, ms", value: spread(ours), raw: ours },
    { what: "ratio", value: (median(ours) / median(bare)).toFixed(2), raw: median(ours) / median(bare) },
    { what: "server, idle resident memory, MB", value: idleMb.toFixed(0), raw: idleMb },
  ];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks until somebody answers: the API does so before containers are ready, which `ready` waits for. */
async function firstPing(port: number): Promise<void> {
  for (const giveUpAt = performance.now() + PING_TIMEOUT_MS; performance.now() < giveUpAt; ) {
    try {
      await (await fetch(`http://127.0.0.1:${port}/ping`)).text();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PING_PAUSE_MS)); // nobody listens yet
    }
  }
  throw new Error("nobody answered /ping");
}
