import { median, type Row, spread } from "./figures.ts";
import { startPlatform } from "./platform.ts";
import { residentMb, startProgram } from "./processes.ts";

const ROUNDS = 5;
const SETTLE_MS = 3_000;

/** How soon a server answers after its process starts, beside a bare node:http server; and what it weighs idle. */
export async function startScenario(): Promise<Row[]> {
  const [bare, ours, ready]: [number[], number[], number[]] = [[], [], []];
  let idleMb = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const program = await startProgram("bare-action-server.ts");
    bare.push(program.readyMs);
    await program.stop();

    const started = performance.now();
    await using platform = await startPlatform();
    ready.push(performance.now() - started);
    await fetch(`${platform.server.url}/ping`);
    ours.push(performance.now() - started);
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
