"use strict";
// Answers whose body is made bit by bit. Loaded when an action that is annotated `stream` gives one.
const { clearTimeout, setImmediate, setTimeout } = require("node:timers"); // user code may have replaced the global ones

/** An item is cut into pieces of at most 48 KiB, which is what one line may carry. */
const PIECE_BYTES = 49_152;
/** As many UTF-16 units have no more bytes. */
const PIECE_UNITS = PIECE_BYTES / 3;
/** An iterable that never waits would let nothing else run, not even the word to stop. */
const ITEMS_A_TURN = 256;
/** How long a body that was told to stop may take over its last words, in milliseconds. */
const STOP_GRACE_MS = 1_000;
/** Characters of statusCode, headers and whatever else is beside the body. */
const MAX_HEAD_UNITS = 131_072;
const HEAD = 100;
const TEXT = 102;
const BYTES = 103;

/**
 * Where a body's pieces go.
 * @typedef {object} Sink
 * @property {boolean} stopped nobody wants more
 * @property {(bytes: number) => Promise<unknown> | undefined} room what to wait for before so many bytes may be sent
 * @property {(status: number, json: string, bytes: number) => void} line
 * @property {(callback: () => void) => void} onStop
 * @property {() => void} close nothing will be sent any more
 * @property {import("./service.cjs").Reply} [reply] takes the answer once a line was sent, if it is not the usual one
 */
/** @typedef {{ next(): Promise<IteratorResult<unknown>>, stop(): unknown }} Source */

/**
 * @param {any} body
 * @returns {Source | undefined} undefined for what is no stream and no async iterable
 */
function sourceOf(body) {
  if (typeof body !== "object" || body === null) return undefined;
  if (typeof body.getReader === "function") {
    const reader = body.getReader();
    return { next: () => reader.read(), stop: () => reader.cancel() };
  }
  if (typeof body[Symbol.asyncIterator] !== "function") return undefined;
  const iterator = body[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    stop() {
      // Its iterator would first wait for the data that it is waiting for.
      if (typeof body.pipe === "function") return body.destroy?.();
      return iterator.return?.();
    },
  };
}

/** @param {unknown} item @returns {string | Buffer} */
function checked(item) {
  if (typeof item === "string") return item;
  if (ArrayBuffer.isView(item)) return Buffer.from(item.buffer, item.byteOffset, item.byteLength);
  if (item instanceof ArrayBuffer) return Buffer.from(item);
  throw new TypeError(`A streamed body consists of texts and bytes, not of ${item === null ? "null" : typeof item}.`);
}

/** @param {string | Buffer} item @param {number} start @returns {number} where the piece ends that begins there */
function pieceEnd(item, start) {
  if (typeof item !== "string") return Math.min(item.length, start + PIECE_BYTES);
  const end = start + PIECE_UNITS;
  if (end >= item.length) return item.length;
  const last = item.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end; // both halves of a character go together
}

/** @param {Source} source @param {Sink} sink */
async function pump(source, sink) {
  for (let items = 1; ; items++) {
    await sink.room(1);
    if (sink.stopped) return;
    const { done, value } = await source.next();
    if (done || sink.stopped) return;
    const item = checked(value);
    for (let start = 0, end = 0; start < item.length; start = end) {
      end = pieceEnd(item, start);
      const piece = item.length === end - start ? item : item.slice(start, end);
      const bytes = Buffer.byteLength(piece);
      await sink.room(bytes);
      if (sink.stopped) return;
      if (typeof piece === "string") sink.line(TEXT, JSON.stringify(piece), bytes);
      else sink.line(BYTES, `"${piece.toString("base64")}"`, bytes);
    }
    if (items % ITEMS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Sends a result whose body is a source.
 * @param {Source} source
 * @param {string} head the result without its body, as JSON
 * @param {Sink} sink
 * @param {(reason?: { error: unknown }) => void} done called once: at the end of the body, or with what it failed with
 */
function send(source, head, sink, done) {
  /** @type {NodeJS.Timeout | undefined} */
  let grace;
  let over = false;
  /** @param {{ error: unknown }} [reason] */
  const end = (reason) => {
    if (over) return;
    over = true;
    clearTimeout(grace);
    sink.close();
    done(reason);
  };
  sink.onStop(() => {
    grace = setTimeout(end, STOP_GRACE_MS);
    void (async () => source.stop())().then(
      () => end(),
      () => end(), // what its last words were does not matter to anybody who listens
    );
  });
  sink.line(HEAD, head, 0);
  pump(source, sink).then(
    () => {
      if (!sink.stopped) end();
    },
    (error) => {
      if (sink.stopped) return;
      void (async () => source.stop())().catch(() => undefined); // an item that is none leaves it open
      end({ error });
    },
  );
}

/**
 * Joins a body, up to the first byte that is too much.
 * @param {Source} source @param {number} limitBytes
 * @returns {Promise<string>} text, or base64 if any of it came as bytes
 */
async function collect(source, limitBytes) {
  /** @type {(string | Buffer)[]} */
  const items = [];
  let bytes = 0;
  while (bytes <= limitBytes) {
    const { done, value } = await source.next();
    if (done) break;
    const item = checked(value);
    bytes += Buffer.byteLength(item);
    items.push(typeof item === "string" ? item : Buffer.from(item)); // whoever gave it may fill it anew
  }
  if (bytes > limitBytes) await source.stop();
  if (items.every((item) => typeof item === "string")) return items.join("");
  return Buffer.concat(items.map((item) => Buffer.from(/** @type {any} */ (item)))).toString("base64");
}

/**
 * What streams on descriptor 3 wait for, by activation.
 * @type {Map<string, { creditBytes: number, stopped: boolean, wake?: (() => void) | undefined, stop?: () => void }>}
 */
const flows = new Map();

/**
 * A sink that keeps to what it is granted.
 * @param {string} id of the activation
 * @param {(line: string) => void} write
 * @returns {Sink}
 */
function grantedSink(id, write) {
  /** @type {NonNullable<ReturnType<typeof flows.get>>} */
  const flow = { creditBytes: 0, stopped: false };
  flows.set(id, flow);
  return {
    get stopped() {
      return flow.stopped;
    },
    room(bytes) {
      if (flow.stopped || flow.creditBytes >= bytes) return undefined;
      return new Promise((resolve) => {
        flow.wake = () => {
          if (flow.stopped || flow.creditBytes >= bytes) resolve(undefined);
        };
      });
    },
    line(status, json, bytes) {
      flow.creditBytes -= bytes;
      write(`${status} ${id} ${json}\n`);
    },
    onStop(callback) {
      flow.stop = callback;
    },
    close: () => flows.delete(id),
  };
}

/**
 * A word on a stream: so many bytes more, or no more. One that has ended is none of ours.
 * @param {{ more?: unknown, bytes?: unknown, stop?: unknown }} word
 */
function control({ more, bytes, stop }) {
  const flow = flows.get(String(stop ?? more));
  if (flow === undefined) return;
  if (stop === undefined) flow.creditBytes += Number(bytes);
  else if (!flow.stopped) {
    flow.stopped = true;
    flow.stop?.();
  }
  flow.wake?.();
}

module.exports = { sourceOf, send, collect, grantedSink, control, MAX_HEAD_UNITS };
