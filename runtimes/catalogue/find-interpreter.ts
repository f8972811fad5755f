import { execFile } from "node:child_process";
import { globSync, realpathSync } from "node:fs";
import { promisify } from "node:util";

/** An interpreter on this machine that a sandbox can see. */
export interface Interpreter {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** `8.2.36`. */
  readonly version: string;
}

/** Those that can be used, the one that the machine prefers first and the others from old to new; or why there is none. */
export type Found = readonly [Interpreter, ...Interpreter[]] | string;

/** What to look for. */
export interface InterpreterSearch {
  /** `PHP`. */
  readonly name: string;
  /** Where it may be, with patterns. Only what lies in /usr is shown in a sandbox, so another place is of no use. */
  readonly places: readonly string[];
  /** Make it print its version, and after a space each thing that it lacks. */
  readonly probe: readonly string[];
  /** `8.0`. */
  readonly oldest: string;
}

const run = promisify(execFile);
const PROBE_LIMIT_MS = 10_000;

/** Looks at every place once, at the same time. */
export async function findInterpreters(search: InterpreterSearch): Promise<Found> {
  const { name, places, oldest } = search;
  const there = places.flatMap((pattern) => globSync(pattern).sort());
  const paths = [...new Set(there.map((place) => realpathSync(place)))].filter((path) => path.startsWith("/usr/"));
  const probed = await Promise.all(paths.map((path) => probeInterpreter(path, search)));
  const [first, ...others] = probed.filter((result) => typeof result === "object");
  if (first !== undefined) return [first, ...others.toSorted(byVersion)];
  return probed.find((result) => typeof result === "string") ?? `no ${name} ${oldest} or newer at ${places[0]}`;
}

/** @returns undefined when it does not run or is too old, which is as good as absent; a string that says what it lacks. */
async function probeInterpreter(path: string, search: InterpreterSearch): Promise<Interpreter | string | undefined> {
  const done = await run(path, [...search.probe], { timeout: PROBE_LIMIT_MS }).catch(() => undefined);
  const [version = "", ...lacking] = done?.stdout.trim().split(/\s+/) ?? [];
  if (!(compareVersions(version, search.oldest) >= 0)) return undefined;
  return lacking.length === 0 ? { path, version } : `${path} lacks ${lacking.join(", ")}`;
}

/**
 * What runs a kind: the interpreter of that very version; else the next newer one, since it runs most of what was written
 * before; else the newest.
 * @param wanted `3.13`; undefined, or a version without its second part, takes the one that the machine prefers
 */
export function chooseInterpreter(found: Exclude<Found, string>, wanted: string | undefined): Interpreter {
  if (wanted === undefined || !wanted.includes(".")) return found[0];
  const inOrder = found.toSorted(byVersion);
  const newer = inOrder.find(({ version }) => compareVersions(version, wanted) >= 0);
  return newer ?? inOrder.at(-1) ?? found[0];
}

/** For the operator: what a kind such as `php:8.2` runs on. */
export function describeInterpreter(kind: string, name: string, found: Found): string {
  if (typeof found === "string") return `${kind} cannot be run: ${found}`;
  const wanted = kind.split(":")[1];
  const { path, version } = chooseInterpreter(found, wanted);
  const isOther = wanted?.includes(".") === true && compareVersions(version, wanted) !== 0;
  return `${kind} runs on ${name} ${version} (${path})${isOther ? `; there is no ${name} ${wanted} here` : ""}`;
}

function byVersion(a: Interpreter, b: Interpreter): number {
  return compareVersions(a.version, b.version);
}

/** Compares the first two parts. @returns NaN when one is no version */
function compareVersions(a: string, b: string): number {
  const [majorA = Number.NaN, minorA = 0] = a.split(".").map(Number);
  const [majorB = Number.NaN, minorB = 0] = b.split(".").map(Number);
  return majorA === majorB ? minorA - minorB : majorA - majorB;
}
