import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

const PATTERN = /^(\d{8,})\.journal$/;

/** A segment on disk. */
export interface SegmentFile {
  /** Grows by one per segment and is never used twice. */
  readonly number: number;
  readonly path: string;
}

export function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(8, "0")}.journal`);
}

/** The segments of a folder, oldest first. */
export async function listSegments(folder: string): Promise<SegmentFile[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => PATTERN.exec(name)?.[1] ?? [])
    .map((digits) => ({ number: Number(digits), path: join(folder, `${digits}.journal`) }))
    .sort((a, b) => a.number - b.number);
}

/** Makes what was created in or removed from a folder survive power loss. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws the system's error; Error when the segment ends before `to`. */
export async function readStretch(stretch: { readonly path: string; readonly from: number; readonly to: number }) {
  const { path, from, to } = stretch;
  const file = await open(path, "r");
  try {
    const bytes = Buffer.allocUnsafe(to - from);
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, from + done);
      if (bytesRead === 0) throw new Error(`The journal segment ${path} ends at ${from + done}, before ${to}.`);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
