import { closeSync, fdatasync, ftruncateSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { type SegmentFile, segmentPath, syncFolder } from "./segment-files.ts";

const fdatasyncAsync = promisify(fdatasync);

/** A segment that is being written. */
export interface Segment extends SegmentFile {
  /** Bytes written so far. */
  readonly size: number;
  /** True once nothing more may be written: its end is in doubt, or its syncs fail. */
  readonly broken: boolean;
  /**
   * Writes all of `bytes` or nothing.
   * @returns where they begin.
   * @throws the system's error; the segment is then as before, or broken.
   */
  append(bytes: Buffer): number;
  /** Waits until all that was written before this call is on disk. Callers share as few syncs as possible. */
  sync(): Promise<void>;
  /** Ends it when its syncs have ended. */
  close(): Promise<void>;
}

/** @throws the system's error when the file cannot be made. */
export function createSegment(folder: string, number: number): Segment {
  const path = segmentPath(folder, number);
  const descriptor = openSync(path, "wx", 0o600);
  let size = 0;
  let broken = false;

  function append(bytes: Buffer): number {
    const offset = size;
    try {
      let done = 0;
      while (done < bytes.length) done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
    } catch (error) {
      undo(offset);
      throw error;
    }
    size = offset + bytes.length;
    return offset;
  }

  function undo(offset: number): void {
    // an entry that is half there would end what a reader finds before it finds the next one
    broken = true;
    ftruncateSync(descriptor, offset);
    broken = false;
  }

  const sync = sharedSync(async () => {
    try {
      await fdatasyncAsync(descriptor);
    } catch (error) {
      // the kernel may have dropped what it could not write: a later sync that succeeds would prove nothing
      broken = true;
      throw error;
    }
  }, dirname(path));

  return {
    number,
    path,
    get size() {
      return size;
    },
    get broken() {
      return broken;
    },
    append,
    sync: sync.request,
    async close() {
      await sync.idle();
      closeSync(descriptor);
    },
  };
}

/** A request waits for a sync that began after it: the one that is running may have begun too early. */
function sharedSync(
  syncFile: () => Promise<void>,
  folder: string,
): { request(): Promise<void>; idle(): Promise<void> } {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let folderSynced = false;

  async function run(): Promise<void> {
    await syncFile();
    if (!folderSynced) await syncFolder(folder);
    folderSynced = true;
  }
  function begin(): Promise<void> {
    next = undefined;
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  }
  return {
    request() {
      if (running === undefined) return begin();
      next ??= running.then(begin, begin);
      return next;
    },
    async idle() {
      while (running !== undefined) await Promise.allSettled([next ?? running]);
    },
  };
}
