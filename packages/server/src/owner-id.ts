import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";

/** The same for one data folder whoever starts the server on it, so that what it left behind is found again. */
export async function ownerId(dataDir: string): Promise<string> {
  return createHash("sha256")
    .update(await realpath(dataDir))
    .digest("hex")
    .slice(0, 12);
}
