import {
  type ActivationJournal,
  type ActivationMessage,
  type ActivationStore,
  ServiceUnavailable,
} from "@meringue/core";
import { memoryActivationStore } from "./memory-activation-store.ts";

/** A journal whose process can be thought of as killed. */
export interface MemoryActivationJournal extends ActivationJournal {
  /** The journal as the next process finds it. Do not use this one any more. */
  restarted(): MemoryActivationJournal;
}

interface Note {
  readonly message: ActivationMessage;
  started: boolean;
  readonly earlier: boolean;
}

/**
 * Keeps notes in this process, for tests.
 * @param activations where the records go that settle what was accepted.
 */
export function memoryActivationJournal(activations = memoryActivationStore()): MemoryActivationJournal {
  return journalOver(activations, new Map());
}

function journalOver(activations: ActivationStore, notes: Map<string, Note>): MemoryActivationJournal {
  return {
    async accept(message) {
      const { started = false, earlier = false } = notes.get(message.activationId) ?? {};
      notes.set(message.activationId, { message: structuredClone(message), started, earlier });
    },
    async start(activationId) {
      const note = notes.get(activationId);
      if (note === undefined) throw new ServiceUnavailable();
      note.started = true;
    },
    async settle(activationId) {
      notes.delete(activationId);
    },
    async unsettled() {
      const left: Note[] = [];
      for (const note of notes.values()) {
        const { namespace } = note.message.user;
        const record = await activations.get(namespace.name, note.message.activationId);
        if (record === undefined && note.earlier) left.push(note);
      }
      return left.map(({ message, started }) => structuredClone({ message, started }));
    },
    restarted() {
      const found = [...notes].map(([id, note]) => [id, { ...note, earlier: true }] as const);
      return journalOver(activations, new Map(found));
    },
  };
}
