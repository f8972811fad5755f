/** Standard alphabet; padding, where there is any, has to be right. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @returns the bytes that a text is the base64 of; undefined when it is none. Padding may be left out. */
export function base64Bytes(text: string): Buffer | undefined {
  const digits = text.endsWith("==") ? text.length - 2 : text.endsWith("=") ? text.length - 1 : text.length;
  const padded = digits !== text.length;
  if (digits % 4 === 1 || (padded && text.length % 4 !== 0) || !BASE64.test(text)) return undefined;
  return Buffer.from(text, "base64");
}
