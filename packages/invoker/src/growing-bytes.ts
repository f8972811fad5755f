/** Bytes that come in pieces of any size. Holds twice of what came at most, however small the pieces. */
export interface GrowingBytes {
  readonly length: number;
  /** A single piece is kept as it is, not copied: it must not change. */
  append(piece: Buffer): void;
  /** What has come; valid until the next call. */
  view(): Buffer;
  clear(): void;
}

const EMPTY: Buffer = Buffer.alloc(0);

/** No bytes yet. */
export function growingBytes(): GrowingBytes {
  let bytes = EMPTY;
  let length = 0;
  let own = false;
  return {
    get length() {
      return length;
    },
    append(piece) {
      if (piece.length === 0) return;
      if (length === 0 && !own) {
        bytes = piece;
        length = piece.length;
        return;
      }
      if (!own || length + piece.length > bytes.length) {
        const grown = Buffer.allocUnsafe(Math.max(256, 2 * (length + piece.length)));
        bytes.copy(grown, 0, 0, length);
        bytes = grown;
        own = true;
      }
      piece.copy(bytes, length);
      length += piece.length;
    },
    view: () => (length === bytes.length ? bytes : bytes.subarray(0, length)),
    clear() {
      bytes = EMPTY;
      length = 0;
      own = false;
    },
  };
}
