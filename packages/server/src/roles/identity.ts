import { hostname } from "node:os";
import { invokerNumber } from "@meringue/couchdb";
import type { Config } from "../config/config.ts";
import { ownerId } from "../owner-id.ts";

/** Who an invoker is in the cluster. */
export interface InvokerIdentity {
  readonly instance: number;
  readonly uniqueName: string;
  readonly displayedName: string;
}

/**
 * The number is the one that the settings name, else the one that the unique name has; a name that has none gets the next.
 * The data folder of an invoker belongs to its name: with it, it knows what it had begun.
 * @throws ServiceUnavailable when CouchDB, which keeps the numbers, cannot be asked.
 */
export async function invokerIdentity(config: Config): Promise<InvokerIdentity> {
  const uniqueName = config.uniqueName ?? `${safe(hostname())}-${await ownerId(config.dataDir)}`;
  const { server, names } = config.couch;
  const instance = config.instance ?? (await invokerNumber(server, names.whisks, uniqueName));
  return { instance, uniqueName, displayedName: config.displayedName ?? uniqueName };
}

/** What a unique name may have in it. */
function safe(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9._-]/g, "-").slice(0, 80);
}
