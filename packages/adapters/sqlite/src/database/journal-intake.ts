import { closeSync, openSync, readSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { readEntries } from "../journal/journal-reader.ts";
import { decodeRecordBody } from "../journal/record-entry.ts";
import { recordInserters } from "./activation-queries.ts";
import type { JournalStretch, Operations } from "./operations.ts";

/** Takes the records of the journal into the database, together with the mark of how far it got. */
export function journalIntake(database: DatabaseSync): Pick<Operations, "takeIn" | "sync"> {
  const inserter = recordInserters(database);
  const mark = database.prepare("UPDATE store SET journal_segment = ?, journal_offset = ?");
  const touch = database.prepare("UPDATE store SET writes = writes");
  return {
    takeIn(stretch) {
      const records = inserter();
      let lostBytes = 0;
      const onDamage = (damage: { bytes: number }): void => {
        lostBytes += damage.bytes;
      };
      for (const entry of readEntries(readStretch(stretch), onDamage)) {
        if (entry.kind === "record") records.insert(entry.id, decodeRecordBody(entry.body));
      }
      records.finish();
      mark.run(stretch.segment, stretch.to);
      return lostBytes;
    },
    sync() {
      touch.run(); // a commit that changes nothing would not reach the disk
    },
  };
}

function readStretch({ path, from, to }: JournalStretch): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  const descriptor = openSync(path, "r");
  try {
    let done = 0;
    while (done < bytes.length) {
      const read = readSync(descriptor, bytes, done, bytes.length - done, from + done);
      if (read === 0) throw new Error(`The journal segment ${path} ends at ${from + done}, before ${to}.`);
      done += read;
    }
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}
