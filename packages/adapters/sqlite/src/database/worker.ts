import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { activationQueries } from "./activation-queries.ts";
import { contentQueries } from "./content-queries.ts";
import { entityQueries } from "./entity-queries.ts";
import { changeAnnouncer, foreignChangeQueries } from "./foreign-changes.ts";
import { groupCommit } from "./group-commit.ts";
import { journalIntake } from "./journal-intake.ts";
import { dataFiles, type OpenDatabase, openDatabase } from "./open-database.ts";
import type { Reply, Request, WorkerGreeting, WorkerSetup } from "./requests.ts";
import { subjectQueries } from "./subject-queries.ts";

/** The thread that has the database: answers batches of requests until it is told `close`. */
function serve(port: MessagePort, setup: WorkerSetup): void {
  const open = openDatabase(setup);
  const runGroup = groupRunner(open, setup);
  port.on("message", (message: readonly Request[] | "close") => {
    let closing = false;
    const group: Request[] = [];
    // whatever has arrived by now shares the commit
    for (let next: unknown = message; next !== undefined; next = receiveMessageOnPort(port)?.message) {
      if (next === "close") closing = true;
      else group.push(...(next as readonly Request[]));
    }
    if (group.length > 0) answer(port, runGroup(group));
    if (closing) {
      open.close();
      port.close();
    }
  });
  const mark = open.database.prepare("SELECT journal_segment, journal_offset FROM store").get();
  const opened = {
    journalSegment: Number(mark?.["journal_segment"]),
    journalOffset: Number(mark?.["journal_offset"]),
  };
  port.postMessage({ opened } satisfies WorkerGreeting);
}

function groupRunner({ database }: OpenDatabase, setup: WorkerSetup): (group: readonly Request[]) => Reply[] {
  const operations = {
    ...entityQueries(database),
    ...activationQueries(database),
    ...journalIntake(database),
    ...subjectQueries(database),
    ...contentQueries(database),
    ...foreignChangeQueries(database),
  };
  const announcer = setup.exclusive ? undefined : changeAnnouncer(database, dataFiles(setup.dataDir).wake);
  return groupCommit(database, operations, announcer);
}

/** Code is moved, not copied. */
function answer(port: MessagePort, replies: readonly Reply[]): void {
  const moved = replies.flatMap((reply) =>
    "value" in reply && reply.value instanceof Uint8Array ? [reply.value.buffer as ArrayBuffer] : [],
  );
  port.postMessage(replies, moved);
}

if (parentPort !== null) {
  try {
    serve(parentPort, workerData as WorkerSetup);
  } catch (error) {
    parentPort.postMessage({ unusable: (error as Error).message } satisfies WorkerGreeting);
    parentPort.close();
  }
}
