import { encodeEntry } from "./journal-entry.ts";

/**
 * A record as it is stored: what a listing needs in `head`, the rest in `tail`, both JSON text. Kept apart so that a
 * listing never touches logs and results, and so that the worker which moves records need not parse any JSON.
 */
export interface StoredRecord {
  readonly namespace: string;
  /** See pathFilter in the core. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly head: string;
  readonly tail: string;
}

const FIXED_BYTES = 8 + 4 + 4 + 4;

/** Body: start (f64), lengths of namespace, path and head (u32 each), then the four texts. */
export function encodeRecordEntry(activationId: string, record: StoredRecord): Buffer {
  const fixed = Buffer.allocUnsafe(FIXED_BYTES);
  fixed.writeDoubleLE(record.start, 0);
  fixed.writeUInt32LE(Buffer.byteLength(record.namespace), 8);
  fixed.writeUInt32LE(Buffer.byteLength(record.path), 12);
  fixed.writeUInt32LE(Buffer.byteLength(record.head), 16);
  return encodeEntry("record", activationId, [fixed, record.namespace, record.path, record.head, record.tail]);
}

export function decodeRecordBody(body: Buffer): StoredRecord {
  const pathAt = FIXED_BYTES + body.readUInt32LE(8);
  const headAt = pathAt + body.readUInt32LE(12);
  const tailAt = headAt + body.readUInt32LE(16);
  return {
    start: body.readDoubleLE(0),
    namespace: body.toString("utf8", FIXED_BYTES, pathAt),
    path: body.toString("utf8", pathAt, headAt),
    head: body.toString("utf8", headAt, tailAt),
    tail: body.toString("utf8", tailAt),
  };
}
