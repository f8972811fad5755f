const SIZE = /^\s?(\d+)\s?(GB|MB|KB|B|G|M|K)\s?$/i;
const UNITS = ["B", "KB", "MB", "GB"] as const;

/** Bytes in a mebibyte. */
export const MIB = 1024 * 1024;

/** Bytes that `text` takes in UTF-8. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** Reads a size such as `1 MB` or `512k`, units of 1024. @returns bytes, or undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  return readSize(text)?.bytes;
}

/** The size as the API shows it: `1m` is `1 MB`. @returns undefined when it is no size. */
export function normalizeSize(text: string): string | undefined {
  const size = readSize(text);
  return size && `${size.count} ${size.unit}`;
}

interface Size {
  readonly count: number;
  readonly unit: string;
  readonly bytes: number;
}

function readSize(text: string): Size | undefined {
  const match = SIZE.exec(text);
  const letter = match?.[2]?.[0]?.toUpperCase();
  const exponent = UNITS.findIndex((unit) => unit[0] === letter);
  const [unit, count] = [UNITS[exponent], Number(match?.[1])];
  const bytes = count * 1024 ** exponent;
  return unit !== undefined && Number.isSafeInteger(bytes) ? { count, unit, bytes } : undefined;
}
