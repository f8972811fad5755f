import type { Readable } from "node:stream";
import type { OutputListener } from "@meringue/core";
import { outputFrames } from "./output-frames.ts";

/** How much output is held for a listener that is not there yet; after that the container has to wait. In bytes. */
const HELD_LIMIT_BYTES = 1024 * 1024;

export interface ContainerOutput {
  /** Sets the one listener; what was held is handed over at once. */
  listen(listener: OutputListener): void;
  /** Resolves when all output has been read; never rejects. */
  readonly ended: Promise<void>;
  /** Stops reading. */
  close(): void;
}

/** @param stream what the engine sends for an attached container without a terminal */
export function containerOutput(stream: Readable): ContainerOutput {
  const held: [stream: "stdout" | "stderr", chunk: Buffer][] = [];
  let heldBytes = 0;
  let listener: OutputListener = (name, chunk) => {
    held.push([name, chunk]);
    heldBytes += chunk.length;
    if (heldBytes > HELD_LIMIT_BYTES) stream.pause();
  };

  stream.on(
    "data",
    outputFrames((name, chunk) => listener(name, chunk)),
  );
  const ended = new Promise<void>((resolve) => {
    stream.once("end", resolve);
    stream.once("close", resolve);
    // A broken stream ends the output; why the container or the engine went away is told by `exited`.
    stream.once("error", () => resolve());
  });

  return {
    listen(next) {
      listener = next;
      for (const [name, chunk] of held.splice(0)) next(name, chunk);
      stream.resume();
    },
    ended,
    close: () => void stream.destroy(),
  };
}
