/** One entry of a zip archive, as its central directory tells. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated, … */
  readonly method: number;
  readonly packedBytes: number;
  /** What the entry claims to unpack to. */
  readonly unpackedBytes: number;
  /** Whether it is a symbolic link, its target being the content. */
  readonly isLink: boolean;
  /** Where its local header begins. */
  readonly offset: number;
}

/** The bytes are no zip archive that could be read as one; the message says why. */
export class ZipUnreadable extends Error {
  override readonly name = "ZipUnreadable";
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
/** In a 32 bit field: look in the 64 bit extension. */
const ELSEWHERE_32 = 0xffffffff;
const ELSEWHERE_16 = 0xffff;
const ZIP64_EXTRA = 0x0001;

/** Whether bytes begin as a zip archive does, an empty one included. */
export function isZip(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const signature = bytes.readUInt32LE(0);
  return signature === LOCAL_HEADER || signature === END;
}

/**
 * Walks the entries of an archive that is wholly in memory. Each entry must have a local header of the same name, since
 * some programs unpack by those.
 * @throws ZipUnreadable
 */
export function* centralDirectory(bytes: Buffer): Generator<ZipEntry, void, undefined> {
  const { entries, start, end } = findDirectory(bytes);
  let at = start;
  for (let index = 0; index < entries; index++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== CENTRAL_HEADER) throw new ZipUnreadable("its directory is damaged");
    const nameBytes = bytes.readUInt16LE(at + 28);
    const extraBytes = bytes.readUInt16LE(at + 30);
    const next = at + 46 + nameBytes + extraBytes + bytes.readUInt16LE(at + 32);
    if (next > end) throw new ZipUnreadable("its directory is cut off");
    const entry = readEntry(bytes, at, nameBytes, extraBytes);
    checkLocalHeader(bytes, entry, bytes.subarray(at + 46, at + 46 + nameBytes));
    yield entry;
    at = next;
  }
}

/** The packed bytes of an entry. @throws ZipUnreadable */
export function contentOf(bytes: Buffer, entry: ZipEntry): Buffer {
  const start = entry.offset + 30 + bytes.readUInt16LE(entry.offset + 26) + bytes.readUInt16LE(entry.offset + 28);
  if (start + entry.packedBytes > bytes.length) throw new ZipUnreadable("an entry is cut off");
  return bytes.subarray(start, start + entry.packedBytes);
}

function readEntry(bytes: Buffer, at: number, nameBytes: number, extraBytes: number): ZipEntry {
  const large = zip64Fields(bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes));
  // The extension holds, in this order, exactly the fields that say they are elsewhere.
  const field = (value: number): number => (value === ELSEWHERE_32 ? large() : value);
  const unpackedBytes = field(bytes.readUInt32LE(at + 24));
  const packedBytes = field(bytes.readUInt32LE(at + 20));
  const offset = field(bytes.readUInt32LE(at + 42));
  const unixMode = bytes.readUInt32LE(at + 38) >>> 16;
  return {
    name: bytes.toString("utf8", at + 46, at + 46 + nameBytes),
    method: bytes.readUInt16LE(at + 10),
    packedBytes,
    unpackedBytes,
    isLink: (unixMode & 0o170000) === 0o120000,
    offset,
  };
}

function zip64Fields(extra: Buffer): () => number {
  let at = 0;
  let end = 0;
  for (let field = 0; field + 4 <= extra.length; field += 4 + extra.readUInt16LE(field + 2)) {
    if (extra.readUInt16LE(field) !== ZIP64_EXTRA) continue;
    at = field + 4;
    end = Math.min(at + extra.readUInt16LE(field + 2), extra.length);
    break;
  }
  return () => {
    if (at + 8 > end) throw new ZipUnreadable("an entry lacks its sizes");
    at += 8;
    return Number(extra.readBigUInt64LE(at - 8));
  };
}

function checkLocalHeader(bytes: Buffer, { offset }: ZipEntry, name: Buffer): void {
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== LOCAL_HEADER) {
    throw new ZipUnreadable("an entry is not where its directory says");
  }
  const nameBytes = bytes.readUInt16LE(offset + 26);
  if (!bytes.subarray(offset + 30, offset + 30 + nameBytes).equals(name)) {
    throw new ZipUnreadable("an entry is not what its directory says");
  }
}

interface Directory {
  readonly entries: number;
  readonly start: number;
  readonly end: number;
}

function findDirectory(bytes: Buffer): Directory {
  const at = findEnd(bytes);
  const entries = bytes.readUInt16LE(at + 10);
  const length = bytes.readUInt32LE(at + 12);
  const start = bytes.readUInt32LE(at + 16);
  const is64 = entries === ELSEWHERE_16 || length === ELSEWHERE_32 || start === ELSEWHERE_32;
  const directory = is64 ? findDirectory64(bytes, at) : { entries, start, end: start + length };
  if (directory.end > at || directory.start > directory.end) throw new ZipUnreadable("its directory is cut off");
  return directory;
}

/** The end record is the last thing but a comment, and must say how long that is. */
function findEnd(bytes: Buffer): number {
  const lowest = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = bytes.length - END_BYTES; at >= lowest; at--) {
    if (bytes.readUInt32LE(at) === END && at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  }
  throw new ZipUnreadable("it has no end");
}

function findDirectory64(bytes: Buffer, end: number): Directory {
  const locator = end - 20;
  if (locator < 0 || bytes.readUInt32LE(locator) !== END_64_LOCATOR) {
    // A directory that happens to have as many entries as the mark for "elsewhere".
    const start = bytes.readUInt32LE(end + 16);
    return { entries: bytes.readUInt16LE(end + 10), start, end: start + bytes.readUInt32LE(end + 12) };
  }
  const at = Number(bytes.readBigUInt64LE(locator + 8));
  if (at + 56 > bytes.length || bytes.readUInt32LE(at) !== END_64) throw new ZipUnreadable("its end is damaged");
  const start = Number(bytes.readBigUInt64LE(at + 48));
  return {
    entries: Number(bytes.readBigUInt64LE(at + 32)),
    start,
    end: start + Number(bytes.readBigUInt64LE(at + 40)),
  };
}
