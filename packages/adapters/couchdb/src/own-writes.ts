/** Remembers the latest revisions that this process wrote: it need not be told of them again. */
export interface OwnWrites {
  wrote(id: string, rev: string): void;
  /** Whether this process wrote the revision; it is asked once. */
  take(id: string, rev: string): boolean;
}

const REMEMBERED = 10_000;

export function ownWrites(): OwnWrites {
  const written = new Set<string>();
  return {
    wrote(id, rev) {
      written.add(`${rev} ${id}`);
      if (written.size <= REMEMBERED) return;
      const [oldest] = written;
      if (oldest !== undefined) written.delete(oldest);
    },
    take: (id, rev) => written.delete(`${rev} ${id}`),
  };
}
