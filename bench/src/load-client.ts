/**
 * A closed-loop HTTP/1.1 load client in a process of its own. Reads a LoadSpec as JSON from its input. Each connection
 * sends its next request when the last answer is complete, or when its turn comes if a rate is given. Prints one JSON line: a LoadResult.
 */
import { connect, type Socket } from "node:net";
import { json } from "node:stream/consumers";
import { percentile } from "./figures.ts";
import type { LoadRequest, LoadResult, LoadSpec } from "./load.ts";

const TIMEOUT_MS = 10_000;

const spec = (await json(process.stdin)) as LoadSpec;
const { hostname, port, host } = new URL(spec.origin);
const requests = spec.requests.map(textOf);
const latencies: number[] = [];
let [sent, badAnswers, socketErrors] = [0, 0, 0];
const started = performance.now();
const until = started + spec.seconds * 1000;

await Promise.all(Array.from({ length: spec.connections }, (_, index) => connection(index)));
const seconds = (performance.now() - started) / 1000;
const result: LoadResult = {
  requests: latencies.length,
  badAnswers,
  socketErrors,
  seconds,
  p50: percentile(latencies, 0.5),
  p99: percentile(latencies, 0.99),
  mean: latencies.reduce((sum, each) => sum + each, 0) / Math.max(1, latencies.length),
};
console.log(JSON.stringify(result));

function textOf({ method, path, headers, body }: LoadRequest): string {
  const length = method === "POST" ? { "Content-Length": String(Buffer.byteLength(body)) } : {};
  const lines = Object.entries({ Host: host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** One connection's life: until the time is over, or it breaks. */
function connection(index: number): Promise<void> {
  const stepMs = spec.perSecond === undefined ? 0 : (spec.connections / spec.perSecond) * 1000;
  let dueAt = started + (stepMs * index) / spec.connections;
  return new Promise((resolve) => {
    const socket: Socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("no answer in time")));
    let sentAt = 0;
    let received = Buffer.alloc(0);
    const send = (): void => {
      sentAt = performance.now();
      socket.write(requests[sent++ % requests.length] ?? "");
    };
    const next = (): void => {
      const now = performance.now();
      if (Math.max(now, dueAt) >= until) return void socket.end();
      if (now >= dueAt) send();
      else setTimeout(next, dueAt - now);
      dueAt += now >= dueAt ? stepMs : 0;
    };
    socket.on("connect", next);
    socket.on("error", () => socketErrors++);
    socket.on("close", () => resolve());
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const status = completeStatus(received);
      if (status === undefined) return;
      received = Buffer.alloc(0);
      latencies.push((performance.now() - sentAt) * 1000);
      if (status < 200 || status > 299) badAnswers++;
      next();
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
