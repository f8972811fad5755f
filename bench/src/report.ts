import { execFile } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { promisify } from "node:util";
import type { Row } from "./row.ts";

const run = promisify(execFile);

/** All that one run found, as it is kept. */
export interface Report {
  /** Of this shape. */
  readonly format: 1;
  /** ISO 8601, UTC: when the run began. */
  readonly date: string;
  /** Short, with `-dirty` when the checkout had changes. */
  readonly commit: string;
  readonly machine: Machine;
  /** What sent the requests. */
  readonly generator: string;
  /** The endpoint that was asked, when it was none of ours. */
  readonly target?: string;
  readonly rounds: number;
  /** Of one side of a round. */
  readonly seconds: number;
  /** Whether the figures may be held against the goals. */
  readonly judged: boolean;
  readonly scenarios: readonly ScenarioReport[];
}

export interface ScenarioReport {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** How long measuring took, in seconds. */
  readonly took: number;
  /** Why there are no rows. */
  readonly failed?: string;
}

/** Where it was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted to run in the minute before. */
  readonly loadBefore: number;
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 1024 / 1024),
    system: `${process.platform} ${release()}`,
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** The checkout's commit; `unknown` where there is no git. */
export async function commitOf(folder: string): Promise<string> {
  const git = async (...words: readonly string[]): Promise<string> =>
    (await run("git", ["-C", folder, ...words])).stdout.trim();
  try {
    const dirty = (await git("status", "--porcelain")) === "" ? "" : "-dirty";
    return `${await git("rev-parse", "--short", "HEAD")}${dirty}`;
  } catch {
    return "unknown";
  }
}

/** `2026-08-30-1a2b3c4-181500`: what a report is called. With its time, so that no run takes another's place. */
export function reportName({ date, commit }: Report): string {
  return `${date.slice(0, 10)}-${commit}-${date.slice(11, 19).replaceAll(":", "")}`;
}
