/** Bytes that come in pieces, in one place. */
export interface CollectedBytes {
  readonly length: number;
  /** The piece must not change afterwards. */
  add(piece: Buffer): void;
  /** All of it; nothing may be added any more. */
  whole(): Buffer;
}

const NONE: Buffer = Buffer.alloc(0);
const LEAST_BYTES = 4 * 1024;

/**
 * Nothing yet. What comes in one piece is kept as it is. Otherwise it is copied as it comes, so that nothing else is
 * held by it however small the pieces are, into a place that grows with what has come: an announcement alone costs
 * nothing.
 * @param announcedBytes how much will come, if that is known
 */
export function collectedBytes(announcedBytes: number | undefined): CollectedBytes {
  let bytes = NONE;
  let length = 0;
  let own = false;

  const makeRoom = (more: number): void => {
    const wanted = length + more;
    if (own && wanted <= bytes.length) return;
    const doubled = Math.max(wanted, 2 * length, LEAST_BYTES);
    const fits = announcedBytes !== undefined && announcedBytes >= wanted;
    const room = Buffer.allocUnsafeSlow(fits ? Math.min(doubled, announcedBytes) : doubled);
    bytes.copy(room, 0, 0, length);
    bytes = room;
    own = true;
  };

  return {
    get length() {
      return length;
    },
    add(piece) {
      if (length === 0 && piece.length === announcedBytes) {
        bytes = piece;
      } else {
        makeRoom(piece.length);
        piece.copy(bytes, length);
      }
      length += piece.length;
    },
    whole: () => bytes.subarray(0, length),
  };
}
