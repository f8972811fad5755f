import { join } from "node:path";
import type { Launcher } from "../catalogue.ts";
import type { NodeBinary } from "./find-node.ts";
import type { SwiftTools } from "./find-swift.ts";
import type { Gathered } from "./gather.ts";
import { loopLauncher } from "./loop-launcher.ts";

const ROOT_INSIDE = "/runtime/swift-root";

/** The launcher of a swift kind; of source it makes an executable with the machine's Swift. */
export function swiftLauncher(swift: SwiftTools | string, node: NodeBinary, files: Gathered): Launcher {
  if (typeof swift === "string") return loopLauncher({ folder: "swift", tools: undefined }, node, files);
  const inSystem = swift.root.startsWith("/usr/");
  const root = inSystem ? swift.root : ROOT_INSIDE;
  const language = {
    folder: "swift",
    tools: `swift ${swift.version}`,
    binds: inSystem ? [] : [{ source: swift.root, target: ROOT_INSIDE }],
    env: { MERINGUE_SWIFTC: join(root, "bin/swiftc") },
  };
  return loopLauncher(language, node, files);
}

/** For the operator: what a kind runs on. */
export function describeSwift(kind: string, swift: SwiftTools | string): string {
  if (typeof swift === "string") return `${kind} runs precompiled actions only: ${swift}`;
  return `${kind} runs on Swift ${swift.version} (${swift.root})`;
}
