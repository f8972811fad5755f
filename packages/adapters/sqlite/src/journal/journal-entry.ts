import { crc32 } from "node:zlib";

/**
 * One entry of a journal segment:
 *
 *     4 bytes  magic: FF "MRJ"
 *     4 bytes  length of the whole entry, little-endian
 *     4 bytes  CRC-32 of all that follows
 *     1 byte   kind
 *     1 byte   length of the id
 *     …        id, then body
 *
 * The magic begins with a byte that no UTF-8 text contains. Whatever users send is in bodies as UTF-8 text, so a search
 * for the next entry in a damaged segment can never take their data for one.
 */
export const ENTRY_KINDS = { accepted: 1, started: 2, record: 3, settled: 4, action: 5 } as const;
export type EntryKind = keyof typeof ENTRY_KINDS;

const NAMES = new Map<number, EntryKind>(Object.entries(ENTRY_KINDS).map(([name, code]) => [code, name as EntryKind]));
const MAGIC = Buffer.from([0xff, 0x4d, 0x52, 0x4a]);
const CHECKED_FROM = 12;
const HEAD_BYTES = 14;

export interface JournalEntry {
  readonly kind: EntryKind;
  /** An activation's id, or an action's number in its segment. */
  readonly id: string;
  /** A view into the segment's bytes. */
  readonly body: Buffer;
  /** Where it is among the bytes it was read from. */
  readonly offset: number;
  readonly length: number;
}

/** @param id at most 255 bytes. */
export function encodeEntry(kind: EntryKind, id: string, body: readonly (string | Uint8Array)[] = []): Buffer {
  const idBytes = Buffer.byteLength(id);
  if (idBytes > 255) throw new RangeError(`The id of a journal entry has ${idBytes} bytes; at most 255 are allowed.`);
  let length = HEAD_BYTES + idBytes;
  for (const part of body) length += typeof part === "string" ? Buffer.byteLength(part) : part.length;
  const bytes = Buffer.allocUnsafe(length);
  bytes.set(MAGIC, 0);
  bytes.writeUInt32LE(length, 4);
  bytes[12] = ENTRY_KINDS[kind];
  bytes[13] = idBytes;
  let at = HEAD_BYTES + bytes.write(id, HEAD_BYTES);
  for (const part of body) {
    if (typeof part === "string") at += bytes.write(part, at);
    else {
      bytes.set(part, at);
      at += part.length;
    }
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), 8);
  return bytes;
}

/** @returns the entry that begins at `offset`, undefined when there is no whole and sound one. */
export function decodeEntry(bytes: Buffer, offset: number): JournalEntry | undefined {
  if (offset + HEAD_BYTES > bytes.length || MAGIC.compare(bytes, offset, offset + 4) !== 0) return undefined;
  const length = bytes.readUInt32LE(offset + 4);
  const idEnd = offset + HEAD_BYTES + (bytes[offset + 13] ?? 0);
  const end = offset + length;
  if (end > bytes.length || idEnd > end) return undefined;
  if (crc32(bytes.subarray(offset + CHECKED_FROM, end)) !== bytes.readUInt32LE(offset + 8)) return undefined;
  const kind = NAMES.get(bytes[offset + 12] ?? 0);
  if (kind === undefined) return undefined;
  const id = bytes.toString("utf8", offset + HEAD_BYTES, idEnd);
  return { kind, id, body: bytes.subarray(idEnd, end), offset, length };
}

/** @returns where the next sound entry begins at or after `from`, undefined when there is none. */
export function findEntry(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(MAGIC, from); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
    if (decodeEntry(bytes, at) !== undefined) return at;
  }
  return undefined;
}
