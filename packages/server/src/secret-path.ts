import { join } from "node:path";

/** Where the secret of a data folder is: beside the database that it protects, readable by its owner only. */
export function secretPath(dataDir: string): string {
  return join(dataDir, "secret");
}
