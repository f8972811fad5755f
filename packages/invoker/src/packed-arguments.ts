import type { ActivationMessage, Json } from "@meringue/core";

/** Arguments that are shorter than this stay as they are; bytes. */
const LEAST_PACKED_BYTES = 16 * 1024;

/** An activation whose arguments are kept as text. */
export interface PackedArguments {
  readonly without: ActivationMessage;
  /** @returns the activation as it was. */
  whole(): ActivationMessage;
}

/**
 * Packs the arguments of an activation that has to wait: as values they take up to twenty times as much memory as their
 * text, if whoever sent them likes.
 * @returns undefined when they are not worth it
 */
export function packedArguments(message: ActivationMessage): PackedArguments | undefined {
  if ((message.argsBytes ?? 0) < LEAST_PACKED_BYTES) return undefined;
  const text = Buffer.from(JSON.stringify(message.args));
  const without = { ...message, args: {} };
  return { without, whole: () => ({ ...without, args: JSON.parse(text.toString()) as Json }) };
}
