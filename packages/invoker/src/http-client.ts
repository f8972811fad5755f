import type { ActionClient, Answer, AnswerLimits } from "./answer.ts";
import { type HttpAddress, type HttpConnection, httpConnection, type RunStream } from "./http-connection.ts";

/** A container that was just started refuses connections until its server listens. */
const INIT_RETRY_MS = 10;

/**
 * Speaks the action container protocol over HTTP/1.1 with kept-alive connections. Only `/init` is tried again, and only
 * while the peer refuses connections; `/run` never, since it may have run.
 */
export function httpClient(address: HttpAddress): ActionClient {
  const idle: HttpConnection[] = [];
  const open = new Set<HttpConnection>();
  let closed = false;
  let ended = false;

  const takeIdle = (): HttpConnection | undefined => {
    for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
      if (last.usable) return last;
      last.destroy();
    }
    return undefined;
  };
  const connect = (): HttpConnection => {
    const made = httpConnection(address, () => open.delete(made));
    open.add(made);
    return made;
  };

  const post = (
    path: string,
    body: string,
    timeoutMs: number,
    limits: AnswerLimits,
    stream?: RunStream,
  ): Promise<Answer> =>
    new Promise((resolve) => {
      if (closed) return resolve({ kind: "lost" });
      const connection = takeIdle() ?? connect();
      const timer = setTimeout(() => connection.destroy({ kind: "timed-out" }), timeoutMs);
      const done = (answer: Answer): void => {
        clearTimeout(timer);
        if (connection.usable) idle.push(connection);
        else connection.destroy();
        resolve(answer);
      };
      connection.exchange(request(path, body), limits, done, stream);
    });

  return {
    async init(value, timeoutMs, limits) {
      const deadline = Date.now() + timeoutMs;
      for (let leftMs = timeoutMs; leftMs > 0; leftMs = deadline - Date.now()) {
        const answer = await post("/init", `{"value":${value}}`, leftMs, limits);
        if (answer.kind !== "refused") return answer;
        if (closed || ended) return { kind: "lost" };
        await new Promise((resolve) => setTimeout(resolve, INIT_RETRY_MS));
      }
      return { kind: "timed-out" };
    },
    run: (id, body, timeoutMs, limits, stream) =>
      post("/run", body, timeoutMs, limits, stream && { id, receiver: stream }),
    gone: false, // a closed connection says nothing about the container behind it
    ended() {
      ended = true;
    },
    release() {
      for (const connection of idle.splice(0)) connection.destroy();
    },
    close() {
      closed = true;
      for (const connection of open) connection.destroy();
      idle.length = 0;
    },
  };
}

function request(path: string, body: string): string {
  return (
    `POST ${path} HTTP/1.1\r\nHost: action\r\nContent-Type: application/json\r\nAccept: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
