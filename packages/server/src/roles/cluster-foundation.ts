import { localChangeFeed, type Manifest } from "@meringue/core";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { type Foundation, foundationOf } from "../foundation.ts";
import { makeDataDir } from "../make-data-dir.ts";
import { readManifest } from "../manifest-file.ts";
import { openStores, type Stores } from "../stores.ts";
import { readableRecords } from "./readable-records.ts";

/** What both roles of a cluster begin with: CouchDB, with a journal of their own in front. */
export interface ClusterFoundation extends Foundation {
  readonly config: Config & { readonly store: "couchdb" };
}

/** Opens the stores and makes the rest. What is opened is put on the stack. */
export async function clusterFoundation(
  given: Config,
  logger: Logger,
  stack: AsyncDisposableStack,
): Promise<ClusterFoundation> {
  const config = { ...given, store: "couchdb" } as const;
  const manifest: Manifest = await readManifest(config.manifestFile);
  await makeDataDir(config.dataDir);
  const opened = await openStores(config, manifest, {
    report: (line) => logger.warn(line),
    announce: (line) => logger.info(line),
  });
  stack.defer(() => opened.close());
  const changes = localChangeFeed();
  opened.onForeignChange((change) => changes.publish(change));
  const foundation = foundationOf({ config, logger, manifest, store: opened, changes });
  return { ...foundation, config, store: withReadableRecords(opened, foundation) };
}

function withReadableRecords(store: Stores, { clock }: Foundation): Stores {
  const { shared } = store;
  if (shared === undefined) return store;
  return { ...store, activations: readableRecords(store.activations, shared, clock) };
}
