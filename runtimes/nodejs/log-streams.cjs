"use strict";
// stdout and stderr as plain synchronous writers. Node's own are sockets when the other end is a pipe: they load `net`,
// make the descriptor non-blocking for every child, and may still hold text when the answer is out already.
const { EventEmitter } = require("node:events");
const fs = require("node:fs");

const SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";
const NEWLINE = 10;
const { writeSync } = fs; // user code may replace it
const RETRY_MS = 1;
/** What a write to a closed descriptor, or to a pipe that nobody reads, complains of. */
const GONE = new Set(["EBADF", "EPIPE"]);
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes everything, waiting where the descriptor is non-blocking and its reader slow.
 * @param {number} fd
 * @param {string | Uint8Array} data
 * @param {BufferEncoding} [encoding]
 */
function writeAll(fd, data, encoding) {
  const bytes = typeof data === "string" ? Buffer.from(data, encoding) : data;
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") throw error;
      Atomics.wait(sleeper, 0, 0, RETRY_MS);
    }
  }
}

/**
 * The same for a log: what goes to one that the action has closed is lost, and nothing else. The platform misses its end.
 * @type {typeof writeAll}
 */
function writeLog(fd, data, encoding) {
  try {
    writeAll(fd, data, encoding);
  } catch (error) {
    if (!GONE.has(codeOf(error))) throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code ?? "";
}

/**
 * Puts our own streams in the place of process.stdout and process.stderr. A real Writable is made when somebody asks for
 * one; until then the console writes to the descriptor itself.
 */
function hideLogStreams() {
  const sentinels = process.env["MERINGUE_SENTINELS"] !== "off";
  delete process.env["MERINGUE_SENTINELS"];
  const out = logStream("stdout", 1, sentinels);
  const err = logStream("stderr", 2, sentinels);
  return {
    out,
    err,
    writeAll,
    /** @param {string} line for the author of the action */
    complain: (line) => err.write(`${line}\n`),
    /** Ends the log of one activation on both streams, on a line of its own. */
    end() {
      out.endActivation();
      err.endActivation();
    },
  };
}

/** @param {"stdout" | "stderr"} name @param {1 | 2} fd @param {boolean} sentinels whether to mark the end of each log */
function logStream(name, fd, sentinels) {
  let atLineStart = true;
  /** @type {import("node:stream").Writable | undefined} */
  let stream;
  /** @param {string | Uint8Array} chunk @param {BufferEncoding} [encoding] */
  const write = (chunk, encoding) => {
    if (chunk.length === 0) return;
    writeLog(fd, chunk, encoding);
    const last = chunk[chunk.length - 1];
    atLineStart = last === "\n" || last === NEWLINE;
  };
  const direct = Object.assign(new EventEmitter(), {
    _writableState: { errorEmitted: true }, // the console asks after a write: it is to leave errors alone
    /** @param {string} text @param {(error?: Error | null) => void} [done] */
    write(text, done) {
      if (stream !== undefined) return stream.write(text, "utf8", done);
      write(text);
      return true;
    },
  });
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get: () => (stream ??= writableOn(fd, write)),
    set: (replacement) => {
      stream = replacement;
    },
  });
  /** @type {any} */ (console)[`_${name}`] = direct;
  return {
    write,
    endActivation: () => {
      if (sentinels) writeLog(fd, atLineStart ? SENTINEL : `\n${SENTINEL}`);
      atLineStart = true;
    },
  };
}

/**
 * @param {1 | 2} fd
 * @param {(chunk: string | Uint8Array, encoding?: BufferEncoding) => void} write
 */
function writableOn(fd, write) {
  const { Writable } = require("node:stream");
  const stream = new Writable({
    decodeStrings: false,
    autoDestroy: false,
    emitClose: false,
    write(chunk, encoding, done) {
      try {
        write(chunk, encoding);
        done();
      } catch (error) {
        done(/** @type {Error} */ (error));
      }
    },
    destroy: (error, done) => done(error),
  });
  return Object.assign(stream, { fd, _type: "pipe", destroySoon: stream.destroy });
}

module.exports = { hideLogStreams, SENTINEL };
