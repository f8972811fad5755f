import { decodeEntry, findEntry, type JournalEntry } from "./journal-entry.ts";

/** A stretch of a segment that holds no sound entry. */
export interface Damage {
  readonly offset: number;
  readonly bytes: number;
  /** True at the end of a segment, where a write was cut short: nothing that was there had been acknowledged. */
  readonly torn: boolean;
}

/**
 * Reads the entries of a segment in order, stepping over what is damaged.
 * @param onDamage hears of every stretch that was stepped over.
 */
export function* readEntries(bytes: Buffer, onDamage: (damage: Damage) => void): Generator<JournalEntry> {
  let at = 0;
  while (at < bytes.length) {
    const entry = decodeEntry(bytes, at);
    if (entry !== undefined) {
      yield entry;
      at += entry.length;
      continue;
    }
    const next = findEntry(bytes, at + 1);
    onDamage({ offset: at, bytes: (next ?? bytes.length) - at, torn: next === undefined });
    at = next ?? bytes.length;
  }
}
