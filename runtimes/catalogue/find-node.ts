import { execFile } from "node:child_process";
import { existsSync, globSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A Node.js on this machine. */
export interface NodeBinary {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** `v24.21.0`. */
  readonly version: string;
  readonly major: number;
  /** Whether it runs TypeScript files by itself. */
  readonly stripsTypes: boolean;
  /** Whether it can be told to compile enums and namespaces too. */
  readonly transformsTypes: boolean;
}

const run = promisify(execFile);
const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));
const NAMED = /^MERINGUE_NODE_\d+$/;
const TRANSFORM_FLAG = "--experimental-transform-types";
const always = (): boolean => true;
const never = (): boolean => false;
const PROBE_LIMIT_MS = 10_000;

/**
 * Finds this process's Node.js, first in the list, and others: named by `MERINGUE_NODE_<major>`, on PATH, and in the
 * checkout's `.node` folder. What does not run is left out.
 */
export async function findNodes(env: NodeJS.ProcessEnv): Promise<readonly [NodeBinary, ...NodeBinary[]]> {
  const named = Object.keys(env).flatMap((key) => (NAMED.test(key) && env[key] ? [env[key]] : []));
  const onPath = (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  const inCheckout = globSync(join(CHECKOUT, ".node/node_modules/node-*/bin/node"));
  const places = [...named, ...onPath, ...inCheckout].filter((place) => existsSync(place));
  const own = realpathSync(process.execPath);
  const others = [...new Set(places.map((place) => realpathSync(place)))].filter((place) => place !== own);
  const found = await Promise.all(others.map((place) => probe(place).catch(() => undefined)));
  return [ownNode(own), ...found.filter((node) => node !== undefined)];
}

/** @throws when it is no Node.js. Asking for its version costs a few milliseconds: V8 is not started. */
async function probe(path: string): Promise<NodeBinary> {
  const text = await version(path);
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${path} is not Node.js: it says ${text}`);
  const mayTransform = parsed.major >= 22;
  const transformsTypes = mayTransform && (await version(path, TRANSFORM_FLAG).then(always, never));
  return { path, version: text, ...parsed, transformsTypes };
}

/** What {@link probe} would say of the Node.js that runs this. */
function ownNode(path: string): NodeBinary {
  const parsed = parseVersion(process.version);
  if (parsed === undefined) throw new Error(`this Node.js has an unknown version: ${process.version}`);
  const transformsTypes = process.allowedNodeEnvironmentFlags.has(TRANSFORM_FLAG);
  return { path, version: process.version, ...parsed, transformsTypes };
}

function parseVersion(text: string): Pick<NodeBinary, "major" | "stripsTypes"> | undefined {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(text)?.map(Number) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return { major, stripsTypes: major > 23 || (major === 22 && minor >= 18) || (major === 23 && minor >= 6) };
}

async function version(path: string, ...flags: string[]): Promise<string> {
  const { stdout } = await run(path, [...flags, "--version"], { timeout: PROBE_LIMIT_MS, env: {} });
  return stdout.trim();
}
