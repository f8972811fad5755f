import type { NodeBinary } from "./find-node.ts";

/** Gives Node.js its input as descriptor 4 and an empty one as 0: it can't duplicate descriptors itself. */
export const MOVE_INPUT = ["/bin/sh", "-c", 'exec "$0" "$@" 4<&0 </dev/null'];

/** Where a Node.js is found inside a sandbox. */
export function nodeInside(node: NodeBinary): { path: string; binds: { source: string; target: string }[] } {
  if (node.path.startsWith("/usr/")) return { path: node.path, binds: [] };
  const path = "/runtime/bin/node";
  return { path, binds: [{ source: node.path, target: path }] };
}
