import type { Entity, NamespaceLimits, StoreContents, SubjectStore } from "@meringue/core";
import type { DatabaseClient } from "./database/worker-client.ts";
import { joinRecord } from "./journal/split-record.ts";

/** Everything in the embedded database: accounts by name, the rest in the order of writing. */
export function sqliteContents(client: DatabaseClient, subjects: SubjectStore): StoreContents {
  return {
    async *subjects() {
      for await (const name of paged("", (after: string) => client.call("subjectsAfter", after), itself)) {
        const subject = await subjects.get(name);
        if (subject !== undefined) yield subject;
      }
    },
    async *limits() {
      const rows = paged(
        "",
        (after: string) => client.call("limitsAfter", after),
        (row) => row.namespace,
      );
      for await (const { namespace, document } of rows) {
        yield { namespace, limits: JSON.parse(document) as NamespaceLimits };
      }
    },
    async *entities() {
      const rows = paged(
        0,
        (after: number) => client.call("entitiesAfter", after),
        (row) => row.place,
      );
      for await (const { place, document } of rows) {
        yield { entity: JSON.parse(document) as Entity, code: await client.call("codeOfEntity", place) };
      }
    },
    async *activations() {
      const rows = paged(
        0,
        (after: number) => client.call("recordsAfter", after),
        (row) => row.place,
      );
      for await (const { head, tail } of rows) yield joinRecord(head, tail);
    },
  };
}

const itself = (name: string): string => name;

/** @param placeOf what the next page comes after. */
async function* paged<Row, Place>(
  first: Place,
  read: (after: Place) => Promise<readonly Row[]>,
  placeOf: (row: Row) => Place,
): AsyncGenerator<Row> {
  for (let after = first; ; ) {
    const rows = await read(after);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = placeOf(last);
  }
}
