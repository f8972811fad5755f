/**
 * `node --import resource-probe.ts …`: on SIGUSR2 the process collects its garbage, counts what it holds, and writes the
 * figures to the file that BENCH_PROBE_FILE names.
 */
import { ChildProcess } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { queryObjects, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What a process holds. */
export interface Held {
  readonly heapMb: number;
  readonly timers: number;
  readonly sockets: number;
  readonly childProcesses: number;
}

const file = process.env["BENCH_PROBE_FILE"];
const MEBIBYTE = 1024 * 1024;

if (file !== undefined) {
  delete process.env["BENCH_PROBE_FILE"]; // not for those that this process starts
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const timer = setTimeout(() => undefined, 0);
  const Timer = timer.constructor as new () => unknown;
  clearTimeout(timer);
  const count = (kind: unknown): number => queryObjects(kind as () => void, { format: "count" }) as unknown as number;
  process.on("SIGUSR2", () => {
    collect();
    const held: Held = {
      timers: count(Timer),
      sockets: count(Socket),
      childProcesses: count(ChildProcess),
      heapMb: process.memoryUsage().heapUsed / MEBIBYTE,
    };
    writeFileSync(`${file}.new`, JSON.stringify(held));
    renameSync(`${file}.new`, file);
  });
}
