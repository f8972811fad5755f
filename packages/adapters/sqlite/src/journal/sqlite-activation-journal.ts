import { readFile } from "node:fs/promises";
import type { Action, ActivationJournal, ActivationMessage, SubjectStore, UnsettledActivation } from "@meringue/core";
import { writeFailure } from "../database/store-failure.ts";
import { encodeEntry } from "./journal-entry.ts";
import { readEntries } from "./journal-reader.ts";
import type { JournalWriter } from "./journal-writer.ts";
import type { Ledger } from "./ledger.ts";
import { encodeActionEntry, encodeMessageEntry, messageDecoder } from "./message-entry.ts";
import type { PendingRecords } from "./pending-records.ts";
import { encodeRecordEntry, type StoredRecord } from "./record-entry.ts";
import { type SegmentFile, segmentPath } from "./segment-files.ts";

/** The journal as its own package sees it. */
export interface JournalNotes extends Pick<ActivationJournal, "accept" | "start" | "settle"> {
  /** Keeps a record: it settles what was accepted. */
  record(activationId: string, record: StoredRecord): Promise<void>;
  /** Writes the open messages of a segment again into the newest one, and waits for the disk. */
  carryForward(segment: SegmentFile): Promise<void>;
}

export interface JournalNotesParts {
  readonly writer: JournalWriter;
  readonly ledger: Ledger;
  readonly pending: PendingRecords;
  readonly report: (line: string) => void;
}

export function journalNotes({ writer, ledger, pending, report }: JournalNotesParts): JournalNotes {
  const actions = actionNumbers();

  function append(
    bytes: Buffer | ((segment: number) => Buffer),
    onWritten: (segment: number, offset: number) => void,
    { sync = false, records = 0 } = {},
  ): Promise<void> {
    return writer.append({ bytes, sync, records, onWritten }).catch(failed);
  }
  function accept(message: ActivationMessage, sync: boolean): Promise<void> {
    let bytes = 0;
    const encode = (segment: number): Buffer => {
      const encoded = actions.encode(message, segment);
      bytes = encoded.length;
      return encoded;
    };
    const onWritten = (segment: number): void => {
      actions.written(message.action.action, segment);
      ledger.accepted(message.activationId, segment, bytes, false);
    };
    return append(encode, onWritten, { sync });
  }
  const start = (id: string) =>
    append(encodeEntry("started", id), () => {
      // notes are written in order, so it is known by now
      if (!ledger.started(id)) throw new Error(`The activation ${id} was not accepted, so it may not be started.`);
    });
  const settle = (id: string) => append(encodeEntry("settled", id), () => ledger.settled(id));

  return {
    async accept(message, durable) {
      try {
        await accept(message, durable);
      } catch (error) {
        // written, but not synced: its caller is told that it failed, so nobody may run it later
        if (ledger.get(message.activationId)?.earlier === false) {
          await settle(message.activationId).catch((second: Error) => report(second.message));
        }
        throw error;
      }
    },
    start,
    settle,
    record(id, record) {
      const entry = encodeRecordEntry(id, record);
      const onWritten = (segment: number, offset: number): void => {
        ledger.settled(id);
        pending.written(id, { segment, offset, bytes: entry.length });
      };
      return append(entry, onWritten, { records: 1 });
    },
    async carryForward(segment) {
      const messages = await readMessages(segment, ledger, report);
      // the note of a start goes first: a message without it would be run again
      const writes = messages.flatMap((message) => {
        const open = ledger.get(message.activationId);
        if (open === undefined) return [];
        return [...(open.started ? [start(message.activationId)] : []), accept(message, true)];
      });
      await Promise.all(writes);
    },
  };
}

function failed(error: unknown): never {
  throw writeFailure(error);
}

/**
 * An action is written once per segment, before the first message that needs it, and referred to by number after
 * that.
 */
function actionNumbers(): {
  encode(message: ActivationMessage, segment: number): Buffer;
  /** The action is in the segment for sure. */
  written(action: Action, segment: number): void;
} {
  let written = new Set<Action>();
  let writtenIn = -1;
  const numbers = new WeakMap<Action, string>();
  let last = 0;
  function numberOf(action: Action): string {
    const number = numbers.get(action) ?? String(++last);
    numbers.set(action, number);
    return number;
  }
  return {
    encode(message, segment) {
      const { action } = message.action;
      const entry = encodeMessageEntry(message, numberOf(action));
      if (segment === writtenIn && written.has(action)) return entry;
      return Buffer.concat([encodeActionEntry(action, numberOf(action)), entry]);
    },
    written(action, segment) {
      if (segment !== writtenIn) written = new Set();
      writtenIn = segment;
      written.add(action);
    },
  };
}

/** The open messages of a segment, without their callers' keys. */
async function readMessages(
  { number, path }: SegmentFile,
  ledger: Ledger,
  report: (line: string) => void,
): Promise<ActivationMessage[]> {
  const decoder = messageDecoder();
  const messages = new Map<string, ActivationMessage>();
  const bytes = await readFile(path);
  // damage was reported, and a copy kept, when the segment was found
  for (const entry of readEntries(bytes, () => undefined)) {
    if (entry.kind === "action") decoder.note(entry);
    if (entry.kind !== "accepted" || ledger.get(entry.id)?.segment !== number) continue;
    const message = decoder.decode(entry);
    if (message !== undefined) messages.set(entry.id, message);
    else {
      report(`The activation ${entry.id} cannot be run: its action was in a damaged part of ${path}.`);
      ledger.settled(entry.id);
    }
  }
  return [...messages.values()];
}

/** What earlier processes accepted and nobody settled, with the keys of today. */
export async function readUnsettled(
  folder: string,
  ledger: Ledger,
  subjects: SubjectStore,
  report: (line: string) => void,
): Promise<UnsettledActivation[]> {
  const earlier = new Set(ledger.earlier());
  const numbers = new Set([...earlier].flatMap((id) => ledger.get(id)?.segment ?? []));
  const found: ActivationMessage[] = [];
  for (const number of numbers) {
    const messages = await readMessages({ number, path: segmentPath(folder, number) }, ledger, report);
    found.push(...messages.filter((message) => earlier.has(message.activationId)));
  }
  const keys = keyFinder(subjects);
  const unsettled: UnsettledActivation[] = [];
  for (const message of found.sort((a, b) => a.received - b.received)) {
    const user = { ...message.user, authKey: await keys(message) };
    const open = ledger.get(message.activationId);
    if (open) unsettled.push({ message: { ...message, user }, started: open.started });
  }
  return unsettled;
}

/** Finds the key of the namespace that called; empty when the subject, or its key for that namespace, is gone. */
function keyFinder(subjects: SubjectStore): (message: ActivationMessage) => Promise<string> {
  const found = new Map<string, ReturnType<SubjectStore["get"]>>();
  return async ({ user }) => {
    const lookup = found.get(user.subject) ?? subjects.get(user.subject);
    found.set(user.subject, lookup);
    const subject = await lookup;
    const key = subject?.namespaces.find((each) => each.uuid === user.namespace.uuid);
    return key === undefined || subject?.blocked ? "" : `${key.uuid}:${key.key}`;
  };
}
