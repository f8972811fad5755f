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
 * Asks the decoder, the fastest reader of 48 MB that there is: it leaves out whatever is no digit, so that the length
 * tells; the digits of URLs are the only strangers that it takes.
 */
export function isBase64Code(text: string): boolean {
  const code = trimmed(text);
  if (code.length === 0 || code.length % 4 !== 0 || code.includes("-") || code.includes("_")) return false;
  const padding = code.endsWith("==") ? 2 : code.endsWith("=") ? 1 : 0;
  return Buffer.from(code, "base64").length === (code.length / 4) * 3 - padding;
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
