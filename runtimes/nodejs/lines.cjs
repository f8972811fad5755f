"use strict";

const NEWLINE = 10;

/**
 * Cuts bytes into lines. The bytes of a chunk are copied if they have to wait for their end.
 * @param {(line: string) => void} onLine
 * @returns {(chunk: Buffer) => void}
 */
function lineSplitter(onLine) {
  /** @type {Buffer[]} */
  let parts = [];
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const piece = chunk.subarray(start, end);
      start = end + 1;
      if (parts.length === 0) {
        onLine(piece.toString());
      } else {
        const whole = Buffer.concat([...parts, piece]);
        parts = [];
        onLine(whole.toString());
      }
    }
    if (start < chunk.length) parts.push(Buffer.from(chunk.subarray(start)));
  };
}

module.exports = { lineSplitter };
