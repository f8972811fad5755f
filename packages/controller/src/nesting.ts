import { MalformedContent } from "@meringue/core";

/** How deep arrays and objects may be nested: deeper ones would exhaust the stack wherever they are printed. */
export const MAX_NESTING = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** @throws MalformedContent when JSON text is nested deeper than {@link MAX_NESTING}. */
export function checkNesting(text: Buffer): void {
  // Every level takes a byte to open and one to close.
  if (text.length <= 2 * MAX_NESTING) return;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (byte === QUOTE) {
      at = endOfString(text, at);
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_NESTING) throw new MalformedContent(`The JSON is nested deeper than ${MAX_NESTING} levels.`);
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  }
}

/** @returns where the string that begins at `start` ends: its closing quote, or the end of the text. */
function endOfString(text: Buffer, start: number): number {
  let quote = start;
  for (;;) {
    quote = text.indexOf(QUOTE, quote + 1);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
  }
}
