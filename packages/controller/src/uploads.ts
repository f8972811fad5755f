/** What can be made to wait: a request whose body comes in. */
export interface Pausable {
  pause(): unknown;
  resume(): unknown;
}

/** The bodies that are coming in, and what they take. */
export interface Uploads {
  /** A body begins to come in. */
  begin(source: Pausable): Upload;
}

/** One body that is coming in. */
export interface Upload {
  /** So many bytes more are held for it. */
  received(bytes: number): void;
  /** It is complete, or given up. Idempotent. */
  end(): void;
}

/** What one source may still bring after it was let go on, in bytes: the largest piece that a socket is read in. */
const STEP_BYTES = 64 * 1024;

interface Entry {
  readonly source: Pausable;
  heldBytes: number;
  paused: boolean;
}

/**
 * Bounds what incomplete bodies take together. Over the bound whoever sends more is read no further until others are
 * complete, except the one that began first: so one always gets on. How long a body may take is bounded elsewhere.
 */
export function uploads(maxBytes: number): Uploads {
  /** In the order in which they began. */
  const entries = new Set<Entry>();
  let heldBytes = 0;

  const goOn = (): void => {
    let room = Math.floor((maxBytes - heldBytes) / STEP_BYTES);
    let first = true;
    for (const entry of entries) {
      if (!first && room <= 0) return;
      if (entry.paused) {
        entry.paused = false;
        entry.source.resume();
        room--;
      }
      first = false;
    }
  };

  return {
    begin(source) {
      const entry: Entry = { source, heldBytes: 0, paused: false };
      entries.add(entry);
      return {
        received(bytes) {
          entry.heldBytes += bytes;
          heldBytes += bytes;
          if (heldBytes <= maxBytes || entry.paused || entries.values().next().value === entry) return;
          entry.paused = true;
          source.pause();
        },
        end() {
          if (!entries.delete(entry)) return;
          const wasOver = heldBytes > maxBytes - STEP_BYTES;
          heldBytes -= entry.heldBytes;
          if (wasOver) goOn();
        },
      };
    },
  };
}
