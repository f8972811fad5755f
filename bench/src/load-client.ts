/**
 * A closed-loop HTTP/1.1 load client in a process of its own: `node load-client.ts URL CONNECTIONS SECONDS AUTH BODY`.
 * Each connection sends its next request when the last answer is complete. Prints one JSON line: a LoadResult.
 */
import { connect, type Socket } from "node:net";

/** What one run showed. Latencies in microseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
}

const [url = "", connections = "1", seconds = "1", auth = "", body = ""] = process.argv.slice(2);
const target = new URL(url);
const request =
  `POST ${target.pathname}${target.search} HTTP/1.1\r\nHost: ${target.host}\r\nContent-Type: application/json\r\n` +
  `${auth === "" ? "" : `Authorization: Basic ${Buffer.from(auth).toString("base64")}\r\n`}` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const latencies: number[] = [];
let failures = 0;
const started = performance.now();
const until = started + Number(seconds) * 1000;

await Promise.all(Array.from({ length: Number(connections) }, () => loop()));
const elapsed = (performance.now() - started) / 1000;
latencies.sort((a, b) => a - b);
const at = (share: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const result: LoadResult = {
  requests: latencies.length,
  failures,
  seconds: elapsed,
  perSecond: latencies.length / elapsed,
  p50: at(0.5),
  p99: at(0.99),
  mean: latencies.reduce((sum, each) => sum + each, 0) / Math.max(1, latencies.length),
};
console.log(JSON.stringify(result));

/** One connection's life. */
function loop(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(target.port), target.hostname);
    socket.setNoDelay(true);
    let sentAt = 0;
    let received = Buffer.alloc(0);
    const send = (): void => {
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const status = completeStatus(received);
      if (status === undefined) return;
      received = Buffer.alloc(0);
      latencies.push((performance.now() - sentAt) * 1000);
      if (status !== 200) failures++;
      if (performance.now() < until) return send();
      socket.end();
      resolve();
    });
  });
}

/** The status of a response whose body is all there. */
function completeStatus(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`a response without a length:\n${head}`);
  return bytes.length - headEnd - 4 >= Number(length) ? Number(head.slice(9, 12)) : undefined;
}
