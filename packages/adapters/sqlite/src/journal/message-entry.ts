import type { Action, ActivationMessage, Identity } from "@meringue/core";
import { encodeEntry, type JournalEntry } from "./journal-entry.ts";

/**
 * A message as it is stored: without the caller's key, and with the action's number in its segment in place of the
 * action.
 */
interface StoredMessage extends Omit<ActivationMessage, "user" | "action"> {
  readonly user: Omit<Identity, "authKey">;
  readonly action: { readonly id: string; readonly rev: string; readonly binding?: string; readonly number: string };
}

/** @param actionNumber of an action entry in the same segment. */
export function encodeMessageEntry(message: ActivationMessage, actionNumber: string): Buffer {
  const { authKey: _, ...user } = message.user;
  const { action: __, ...action } = message.action;
  const stored: StoredMessage = { ...message, user, action: { ...action, number: actionNumber } };
  return encodeEntry("accepted", message.activationId, [JSON.stringify(stored)]);
}

/** @param number names the action inside its segment. */
export function encodeActionEntry(action: Action, number: string): Buffer {
  return encodeEntry("action", number, [JSON.stringify(action)]);
}

/** Reads the messages of one segment; the actions they refer to must have been noted before. */
export function messageDecoder(): {
  note(entry: JournalEntry): void;
  /** The message, its `authKey` empty. @returns undefined when its action was in a part that is damaged. */
  decode(entry: JournalEntry): ActivationMessage | undefined;
} {
  const actions = new Map<string, Action>();
  return {
    note(entry) {
      actions.set(entry.id, JSON.parse(entry.body.toString("utf8")) as Action);
    },
    decode(entry) {
      const { user, action, ...rest } = JSON.parse(entry.body.toString("utf8")) as StoredMessage;
      const { number, ...executable } = action;
      const found = actions.get(number);
      if (found === undefined) return undefined;
      return { ...rest, user: { ...user, authKey: "" }, action: { ...executable, action: found } };
    },
  };
}
