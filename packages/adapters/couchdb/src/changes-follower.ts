import { setTimeout as delay } from "node:timers/promises";
import type { Change } from "@meringue/core";
import { kindOfId } from "./documents/subject-document.ts";
import type { CouchDatabase } from "./http/couch-database.ts";
import type { OwnWrites } from "./own-writes.ts";

/** Follows what others write, so that caches can forget it. */
export interface ChangesFollower {
  /** @returns stops listening. */
  subscribe(listener: (change: Change) => void): () => void;
  stop(): Promise<void>;
}

export interface FollowedDatabase {
  readonly database: CouchDatabase;
  readonly own: OwnWrites;
  /** @returns undefined for what no cache holds. */
  readonly toChange: (id: string) => Change | undefined;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** An entity's document; design documents are none. */
export function entityChange(id: string): Change | undefined {
  return id.startsWith("_design/") ? undefined : { kind: "entity", id };
}

/** A subject's document, or a namespace's limits. */
export function subjectChange(id: string): Change | undefined {
  const found = kindOfId(id);
  return found.kind === "design" ? undefined : found;
}

/**
 * Follows databases from now on. When a connection is lost it is made again, and goes on where it was: a change comes
 * late then, but it comes.
 * @param report hears when following ends for a while, and when it goes on.
 */
export async function followChanges(
  followed: readonly FollowedDatabase[],
  report: (line: string) => void,
): Promise<ChangesFollower> {
  const listeners = new Set<(change: Change) => void>();
  const stopping = new AbortController();
  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };
  const starts = await Promise.all(followed.map(({ database }) => database.now()));
  const loops = followed.map((each, i) => follow(each, starts[i] ?? "now", tell, report, stopping.signal));
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function follow(
  { database, own, toChange }: FollowedDatabase,
  start: string,
  tell: (change: Change) => void,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let since = start;
  let pauseMs = 0;
  while (!signal.aborted) {
    try {
      const found = await database.changes(since, signal);
      if (pauseMs > 0) report(`Changes in ${database.name} are followed again.`);
      pauseMs = 0;
      since = found.since;
      for (const { id, rev } of found.changes) {
        const change = own.take(id, rev) ? undefined : toChange(id);
        if (change !== undefined) tell(change);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (pauseMs === 0) report(`Changes in ${database.name} go unnoticed for now: ${(error as Error).message}`);
      pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, pauseMs * 2), LONGEST_PAUSE_MS);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined); // stopped: the loop ends
    }
  }
}
