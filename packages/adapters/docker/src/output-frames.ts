import type { OutputListener } from "@meringue/core";

/** Bytes in front of each frame: stream, three zeroes, length as a big-endian number. */
const HEADER_BYTES = 8;

/**
 * Takes apart the stream that an engine multiplexes stdout and stderr onto. Frames may be cut anywhere; payload is
 * passed on as it comes, without being gathered.
 */
export function outputFrames(listener: OutputListener): (chunk: Buffer) => void {
  const header = Buffer.alloc(HEADER_BYTES);
  let headerBytes = 0;
  let payloadLeft = 0;

  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (payloadLeft === 0) {
        const taken = chunk.copy(header, headerBytes, at, at + HEADER_BYTES - headerBytes);
        headerBytes += taken;
        at += taken;
        if (headerBytes < HEADER_BYTES) return;
        headerBytes = 0;
        payloadLeft = header.readUInt32BE(4);
      } else {
        const end = Math.min(chunk.length, at + payloadLeft);
        listener(header[0] === 2 ? "stderr" : "stdout", chunk.subarray(at, end));
        payloadLeft -= end - at;
        at = end;
      }
    }
  };
}
