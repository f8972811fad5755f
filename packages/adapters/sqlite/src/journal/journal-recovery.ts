import { copyFile, readFile, truncate } from "node:fs/promises";
import { type Damage, readEntries } from "./journal-reader.ts";
import type { Chunk } from "./journal-writer.ts";
import { listSegments, type SegmentFile } from "./segment-files.ts";

const CHUNK_BYTES = 256 * 1024;

/** How far the database had taken the journal in. */
export interface JournalPosition {
  readonly segment: number;
  readonly offset: number;
}

/** An activation that has no end in the journal itself; the database may still have its record. */
export interface FoundActivation {
  readonly id: string;
  readonly segment: number;
  readonly bytes: number;
  readonly started: boolean;
}

/** What an earlier process left in the journal. */
export interface FoundJournal {
  readonly segments: readonly { readonly file: SegmentFile; readonly bytes: number }[];
  /** What the database has not taken in. */
  readonly chunks: readonly Chunk[];
  readonly open: readonly FoundActivation[];
  /** Bytes of writes that were cut short, and were cut off. */
  readonly tornBytes: number;
  /** Bytes that were damaged in place. The segments they were in are kept as `*.damaged`. */
  readonly damagedBytes: number;
}

interface Notes {
  readonly accepted: Map<string, Omit<FoundActivation, "id" | "started">>;
  readonly started: Set<string>;
  readonly ended: Set<string>;
}

/**
 * Reads all segments of a folder, cutting off torn tails.
 * @param report hears of every damage.
 */
export async function recoverJournal(
  folder: string,
  position: JournalPosition,
  report: (line: string) => void,
): Promise<FoundJournal> {
  const notes: Notes = { accepted: new Map(), started: new Set(), ended: new Set() };
  const segments: { file: SegmentFile; bytes: number }[] = [];
  const chunks: Chunk[] = [];
  const damages: Damage[] = [];
  for (const file of await listSegments(folder)) {
    const bytes = await readFile(file.path);
    const found: Damage[] = [];
    chunks.push(...readSegment(file, bytes, position, notes, found));
    const size = await mend(file, bytes.length, found, report);
    segments.push({ file, bytes: size });
    damages.push(...found);
  }
  const open = [...notes.accepted]
    .filter(([id]) => !notes.ended.has(id))
    .map(([id, place]) => ({ id, ...place, started: notes.started.has(id) }));
  const bytesOf = (torn: boolean) =>
    damages.filter((each) => each.torn === torn).reduce((sum, each) => sum + each.bytes, 0);
  return { segments, chunks, open, tornBytes: bytesOf(true), damagedBytes: bytesOf(false) };
}

function readSegment(
  file: SegmentFile,
  bytes: Buffer,
  position: JournalPosition,
  notes: Notes,
  damages: Damage[],
): Chunk[] {
  const chunks: Chunk[] = [];
  for (const entry of readEntries(bytes, (damage) => damages.push(damage))) {
    const end = entry.offset + entry.length;
    if (entry.kind === "accepted") notes.accepted.set(entry.id, { segment: file.number, bytes: entry.length });
    else if (entry.kind === "started") notes.started.add(entry.id);
    else if (entry.kind === "settled") notes.ended.add(entry.id);
    else if (entry.kind === "record") {
      notes.ended.add(entry.id);
      if (isBeyond(file.number, end, position)) addRecord(chunks, file, entry.offset, end);
    }
  }
  return chunks;
}

function isBeyond(segment: number, end: number, position: JournalPosition): boolean {
  return segment > position.segment || (segment === position.segment && end > position.offset);
}

function addRecord(chunks: Chunk[], segment: SegmentFile, from: number, to: number): void {
  const last = chunks.at(-1);
  if (last !== undefined && to - last.from <= CHUNK_BYTES) {
    chunks[chunks.length - 1] = { ...last, to, records: last.records + 1 };
  } else {
    chunks.push({ segment, from, to, records: 1 });
  }
}

/** @returns the size of the segment afterwards. */
async function mend(
  file: SegmentFile,
  size: number,
  damages: readonly Damage[],
  report: (line: string) => void,
): Promise<number> {
  if (damages.some((damage) => !damage.torn)) await copyFile(file.path, `${file.path}.damaged`);
  for (const { offset, bytes, torn } of damages) {
    if (torn) {
      await truncate(file.path, offset);
      report(`The journal segment ${file.path} ended in ${bytes} bytes of an unfinished write: they were cut off.`);
      return offset;
    }
    report(
      `The journal segment ${file.path} is damaged: ${bytes} bytes at ${offset} could not be read, ` +
        `what follows could. It is kept as ${file.path}.damaged.`,
    );
  }
  return size;
}
