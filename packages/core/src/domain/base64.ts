const OUTSIDE_ALPHABET = /[^A-Za-z0-9+/]/;
const SPACE = 0x20;

/** The text without leading and trailing spaces and control characters. Other white space stays, as upstream has it. */
function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= SPACE) from++;
  while (to > from && text.charCodeAt(to - 1) <= SPACE) to--;
  return text.slice(from, to);
}

/** Whether code is nothing but spaces and control characters. */
export function isBlankCode(text: string): boolean {
  return trimmed(text) === "";
}

/**
 * Whether code counts as binary: trimmed, it is complete base64 and not empty. A short source such as `abcd` does too.
 * Takes linear time: one search for the first character that is no digit, never a repeated group over the whole text.
 */
export function isBase64Code(text: string): boolean {
  const code = trimmed(text);
  if (code.length === 0 || code.length % 4 !== 0) return false;
  const at = code.search(OUTSIDE_ALPHABET);
  if (at === -1) return true;
  const padding = code.length - at;
  return (padding === 1 || padding === 2) && code.endsWith("=".repeat(padding));
}

/** The bytes to store for code that `binary` judged. */
export function codeToBytes(binary: boolean, text: string): Uint8Array {
  return Buffer.from(binary ? trimmed(text) : text, binary ? "base64" : "utf8");
}

/** The text of code as the API and `/init` carry it: canonical base64 when it is binary. */
export function codeToText(binary: boolean, bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(binary ? "base64" : "utf8");
}
