import {
  activationStoreContract,
  entityStoreContract,
  storeContentsContract,
  subjectStoreContract,
} from "@meringue/testkit";
import { describe } from "vitest";
import { couchServer, testStore, unavailable } from "../test/test-store.ts";
import { unjournaled } from "./open-couch-store.ts";

describe.skipIf(unavailable !== undefined)("with pouchdb-server", () => {
  const server = couchServer();

  entityStoreContract("couchdb", async () => (await testStore(server())).entities);
  subjectStoreContract("couchdb", async () => (await testStore(server())).subjects);
  activationStoreContract("couchdb", async () => unjournaled((await testStore(server())).records));
  storeContentsContract("couchdb", async () => {
    const { contents, entities, subjects, records } = await testStore(server());
    return { contents, entities, subjects, activations: unjournaled(records) };
  });
});
