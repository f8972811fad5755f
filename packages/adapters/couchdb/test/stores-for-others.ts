import { COUCH_ACCOUNT, type CouchTestServer, startCouchServer, type TestStores } from "@meringue/testkit";
import { openCouchStore, unjournaled } from "../src/index.ts";

let server: Promise<CouchTestServer> | undefined;
let worlds = 0;

/** Stores for tests of other packages (see testStores of the test kit): one server for all tests of a process. */
export async function testStores(): Promise<TestStores> {
  server ??= startCouchServer({ inMemory: true }); // it ends with this process
  const { url } = await server;
  const prefix = `stores_${process.pid}_${++worlds}_`;
  const names = { subjects: `${prefix}subjects`, whisks: `${prefix}whisks`, activations: `${prefix}activations` };
  const store = await openCouchStore({ server: { url, ...COUCH_ACCOUNT }, names });
  const activations = unjournaled(store.records);
  const writing = new Set<Promise<void>>();
  return {
    entities: store.entities,
    subjects: store.subjects,
    activations: {
      ...activations,
      put(record) {
        const written = activations.put(record);
        const settled: Promise<void> = written.then(forget, forget);
        function forget(): void {
          writing.delete(settled);
        }
        writing.add(settled);
        return written;
      },
    },
    async close() {
      await Promise.all(writing); // some tests end before the records that they caused are kept
      await store.close();
    },
  };
}
