import { readFile } from "node:fs/promises";
import {
  DEFAULT_MANIFEST,
  findRuntime,
  InvalidManifest,
  type Manifest,
  parseManifest,
  withDefaultKind,
} from "@meringue/core";

/** The manifest cannot be used; the message says which file and why. */
export class UnusableManifest extends Error {
  override readonly name = "UnusableManifest";
}

/**
 * The manifest in `file`, or without one our own, in which the Node that runs this server is the default of its family.
 * @throws UnusableManifest
 */
export async function readManifest(file: string | undefined): Promise<Manifest> {
  if (file === undefined) {
    const manifest = parseManifest(DEFAULT_MANIFEST);
    const here = `nodejs:${process.versions.node.split(".")[0]}`;
    return findRuntime(manifest, here) === undefined ? manifest : withDefaultKind(manifest, here);
  }
  try {
    return parseManifest(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const isInput = error instanceof SyntaxError || error instanceof InvalidManifest;
    if (!isInput && (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UnusableManifest(`--manifest ${file}: ${(error as Error).message}`, { cause: error });
  }
}
