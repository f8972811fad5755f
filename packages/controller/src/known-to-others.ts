import type { ChangeFeed } from "@meringue/core";

/** A write that ends when the other controllers know of it, so that whoever is answered may ask any of them. */
export function knownToOthers<Input extends unknown[], Output>(
  changes: ChangeFeed,
  write: (...input: Input) => Promise<Output>,
): (...input: Input) => Promise<Output> {
  return async (...input) => {
    try {
      return await write(...input);
    } finally {
      await changes.heard();
    }
  };
}
