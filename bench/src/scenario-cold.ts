import { type Row, spread } from "./figures.ts";
import { HELLO, startPlatform } from "./platform.ts";

const ROUNDS = 15;
const PYTHON = { kind: "python:default", code: "def main(args):\n    return {'greeting': 'hello'}\n" };
const KINDS = [
  ["nodejs", HELLO],
  ["python", PYTHON],
] as const;

/** First invocations of new actions, from a stem cell and from nothing, and warm ones, in each container runtime here. */
export async function coldScenario(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const containers of ["sandbox", "docker"]) {
    try {
      rows.push(...(await measure(containers)));
    } catch (error) {
      rows.push({ what: containers, value: `not measured: ${String(error).split("\n")[1] ?? error}`, raw: null });
    }
  }
  return rows;
}

async function measure(containers: string): Promise<Row[]> {
  const rows: Row[] = [];
  await using platform = await startPlatform(["--containers", containers]);
  for (const [kind, exec] of KINDS) {
    const [cold, cells, warm]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [memory, times] of [
        [256, cells],
        [192, cold],
      ] as const) {
        const name = `${kind}${round}_${memory}`;
        await platform.put(name, exec, memory); // stem cells have 256 MB: other actions start from nothing
        times.push((await platform.invoke(name)).ms);
        warm.push((await platform.invoke(name)).ms);
        await new Promise((resolve) => setTimeout(resolve, 200)); // the stem cell is replaced meanwhile
      }
    }
    rows.push(
      { what: `${containers}, ${kind}: cold start, ms`, value: spread(cold), raw: cold },
      { what: `${containers}, ${kind}: from a stem cell, ms`, value: spread(cells), raw: cells },
      { what: `${containers}, ${kind}: warm, ms`, value: spread(warm, 2), raw: warm },
    );
  }
  return rows;
}
