export type { ActivationReader } from "./couch-activation-reader.ts";
export type { RecordWriter } from "./couch-record-writer.ts";
export { DATABASE_KINDS, type DatabaseKind, type DatabaseNames, type DatabaseState } from "./databases.ts";
export type { CouchServer } from "./http/couch-client.ts";
export { CouchUnusable } from "./http/couch-failure.ts";
export { invokerNumber } from "./invoker-numbers.ts";
export {
  type CouchOperations,
  type CouchStore,
  type CouchStoreOptions,
  couchOperations,
  openCouchStore,
  unjournaled,
} from "./open-couch-store.ts";
