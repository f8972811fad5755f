import { basename } from "node:path";
import type { Launcher } from "../catalogue.ts";
import type { NodeBinary } from "./find-node.ts";
import type { Gathered } from "./gather.ts";
import { MOVE_INPUT, nodeInside } from "./node-inside.ts";

/** A language whose actions speak OpenWhisk's action loop, after they were built if they were source. */
export interface LoopLanguage {
  /** Folder of the runtime, which has a `language.cjs`: see runtimes/actionloop/language.d.cts. */
  readonly folder: string;
  /**
   * The compiler's version and all else of it that a build depends on; undefined where there is none, so that only what was
   * built elsewhere can be run.
   */
  readonly tools: string | undefined;
  /** What the language's `compile` needs beside /usr, read-only. */
  readonly binds?: Launcher["binds"];
  /** For the language's `compile`: variables that begin with `MERINGUE_`, which actions don't get. */
  readonly env?: Readonly<Record<string, string>>;
  /** Makes what `binds` names, before a container is started. */
  readonly prepare?: () => Promise<void>;
}

/** @param node any that is there: nothing of the action runs in it */
export function loopLauncher(language: LoopLanguage, node: NodeBinary, files: Gathered): Launcher {
  const { folder, tools, binds = [], env = {}, prepare } = language;
  const inside = nodeInside(node);
  const shown = ["nodejs", "actionloop", folder];
  return {
    argv: [
      ...[...MOVE_INPUT, inside.path, "--max-semi-space-size=1", "/runtime/actionloop/launcher.cjs"],
      ...[`/runtime/${folder}/language.cjs`, "--input-fd=4"],
    ],
    binds: [
      ...inside.binds,
      ...shown.map((name) => ({ source: `${files.runtimes}/${name}`, target: `/runtime/${name}` })),
      ...binds,
    ],
    env,
    whenGone: "command-exited",
    ...(tools === undefined ? {} : { toolchain: `${basename(files.runtimes)} ${process.arch} ${tools}` }),
    ...(prepare === undefined ? {} : { prepare }),
  };
}
