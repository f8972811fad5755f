import type { Launcher } from "../catalogue.ts";
import { type Jdk, noJdk } from "./find-java.ts";
import type { NodeBinary } from "./find-node.ts";
import type { Gathered } from "./gather.ts";
import { MOVE_INPUT, nodeInside } from "./node-inside.ts";

const DEFAULT_MEMORY_MB = 256;
/** For the launcher, and for what a Java machine needs beside its heap, in megabytes. */
const BESIDE_HEAP_MB = 90;
const HOME_INSIDE = "/runtime/jdk";
/** What today's compiler makes jars for; older ones make them for 17, which this runs, too. */
const WANTED_MAJOR = 21;
/** The oldest Java that is looked for. */
export const BALLERINA_OLDEST_MAJOR = 17;

/**
 * The launcher of a ballerina kind, whose actions are jars that the nearest of the machine's Java versions runs.
 * @param node any that is there: nothing of the action runs in it
 */
export function ballerinaLauncher(
  jdks: readonly Jdk[],
  node: NodeBinary,
  files: Gathered,
  memoryMb = DEFAULT_MEMORY_MB,
): Launcher | string {
  const jdk = chooseJdk(jdks);
  if (jdk === undefined) return noJdk(BALLERINA_OLDEST_MAJOR);
  const inside = nodeInside(node);
  const inSystem = jdk.home.startsWith("/usr/");
  const home = inSystem ? jdk.home : HOME_INSIDE;
  const shown = ["nodejs", "native", "ballerina"];
  const heapMb = Math.max(memoryMb - BESIDE_HEAP_MB, Math.floor(memoryMb / 2));
  return {
    argv: [...MOVE_INPUT, inside.path, "/runtime/ballerina/launcher.cjs", "--input-fd=4"],
    binds: [
      ...inside.binds,
      ...shown.map((name) => ({ source: `${files.runtimes}/${name}`, target: `/runtime/${name}` })),
      ...(inSystem ? [] : [{ source: jdk.home, target: HOME_INSIDE }]),
    ],
    env: { MERINGUE_JAVA: `${home}/bin/java`, MERINGUE_HEAP_MB: `${heapMb}` },
    whenGone: "connection-lost",
  };
}

function chooseJdk(jdks: readonly Jdk[]): Jdk | undefined {
  return jdks.find(({ major }) => major >= WANTED_MAJOR) ?? jdks.at(-1);
}

/** For the operator: what a kind runs on. */
export function describeBallerina(kind: string, jdks: readonly Jdk[]): string {
  const jdk = chooseJdk(jdks);
  if (jdk === undefined) return `${kind} cannot be run: ${noJdk(BALLERINA_OLDEST_MAJOR)}`;
  return `${kind} runs jars on Java ${jdk.version} (${jdk.home})`;
}
