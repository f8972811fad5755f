import type { Activation, StoreContents } from "@meringue/core";
import { codeOf } from "./couch-entity-store.ts";
import { decodeRecord } from "./documents/activation-record.ts";
import { decodeEntity } from "./documents/entity-document.ts";
import { decodeLimits, decodeSubject, kindOfId } from "./documents/subject-document.ts";
import type { CouchDatabase, CouchDocument } from "./http/couch-database.ts";

/** Documents that are read at a time: records may be large. */
const PAGE = 100;

export interface CouchDatabases {
  readonly subjects: CouchDatabase;
  readonly whisks: CouchDatabase;
  readonly activations: CouchDatabase;
}

/** Everything in the three databases, by id. Of limits documents that no component could read, nothing is told. */
export function couchContents({ subjects, whisks, activations }: CouchDatabases): StoreContents {
  return {
    async *subjects() {
      for await (const document of documentsOf(subjects)) {
        if (kindOfId(document._id).kind === "subject") yield decodeSubject(document);
      }
    },
    async *limits() {
      for await (const document of documentsOf(subjects)) {
        const kind = kindOfId(document._id);
        const limits = kind.kind === "limits" ? decodeLimits(document) : undefined;
        if (kind.kind === "limits" && limits !== undefined) yield { namespace: kind.namespace, limits };
      }
    },
    async *entities() {
      for await (const document of documentsOf(whisks)) {
        yield { entity: decodeEntity(document), code: await codeOf(whisks, document) };
      }
    },
    async *activations(): AsyncGenerator<Activation> {
      for await (const document of documentsOf(activations)) yield decodeRecord(document);
    },
  };
}

async function* documentsOf(database: CouchDatabase): AsyncGenerator<CouchDocument> {
  let after: string | undefined;
  for (;;) {
    const documents = await database.page(after, PAGE);
    for (const document of documents) if (!document._id.startsWith("_design/")) yield document;
    const last = documents.at(-1);
    if (last === undefined || documents.length < PAGE) return;
    after = last._id;
  }
}
