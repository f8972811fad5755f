import { connect, type Socket } from "node:net";
import type { ActionClient, Answer, AnswerLimits } from "./answer.ts";
import { type HttpResponse, httpResponseParser } from "./http-response-parser.ts";

/** Where a container listens. */
export type HttpAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Peers of Node close idle connections after 5 s unless they say otherwise. */
const DEFAULT_KEEP_ALIVE_MS = 5_000;
/** How long before the peer would close an idle connection we stop using it. */
const KEEP_ALIVE_MARGIN_MS = 1_000;
/** A container that was just started refuses connections until its server listens. */
const INIT_RETRY_MS = 10;

interface IdleSocket {
  readonly socket: Socket;
  readonly usableUntil: number;
}

/**
 * Speaks the action container protocol over HTTP/1.1 with kept-alive connections. Only `/init` is tried again, and only
 * while the peer refuses connections; `/run` never, since it may have run.
 */
export function httpClient(address: HttpAddress): ActionClient {
  const idle: IdleSocket[] = [];
  const open = new Set<Socket>();
  let closed = false;

  const takeIdle = (): Socket | undefined => {
    for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
      if (!last.socket.destroyed && last.socket.readable && Date.now() < last.usableUntil) return last.socket;
      last.socket.destroy();
    }
    return undefined;
  };

  const keep = (socket: Socket, response: HttpResponse): void => {
    const forMs = (response.keepAliveMs ?? DEFAULT_KEEP_ALIVE_MS) - KEEP_ALIVE_MARGIN_MS;
    if (!response.reusable || closed || forMs <= 0) socket.destroy();
    else idle.push({ socket, usableUntil: Date.now() + forMs });
  };

  const post = (path: string, body: string, timeoutMs: number, limits: AnswerLimits): Promise<Answer> =>
    new Promise((resolve) => {
      if (closed) return resolve({ kind: "lost" });
      const socket = takeIdle() ?? newSocket(address, open);
      const exchange = httpExchange(socket, limits, (answer, response) => {
        clearTimeout(timer);
        if (response === undefined) socket.destroy();
        else keep(socket, response);
        resolve(answer);
      });
      const timer = setTimeout(() => exchange.fail({ kind: "timed-out" }), timeoutMs);
      socket.write(request(path, body));
    });

  return {
    async init(value, timeoutMs, limits) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const left = deadline - Date.now();
        if (left <= 0) return { kind: "timed-out" };
        const answer = await post("/init", `{"value":${value}}`, left, limits);
        if (answer.kind !== "refused" || closed) return answer.kind === "refused" ? { kind: "lost" } : answer;
        await new Promise((resolve) => setTimeout(resolve, INIT_RETRY_MS));
      }
    },
    run: (_activationId, body, timeoutMs, limits) => post("/run", body, timeoutMs, limits),
    gone: false, // a closed connection says nothing about the container behind it
    release() {
      for (const { socket } of idle.splice(0)) socket.destroy();
    },
    close() {
      closed = true;
      for (const socket of open) socket.destroy();
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

function newSocket(address: HttpAddress, open: Set<Socket>): Socket {
  const socket = connect(address);
  socket.setNoDelay(true);
  open.add(socket);
  socket.once("close", () => open.delete(socket));
  socket.on("error", ignoreIdleError);
  return socket;
}

/** An idle socket's error says no more than its close, which comes next; during an exchange another listener acts on it. */
function ignoreIdleError(): void {}

/** One request's answer on `socket`. Calls `done` exactly once. */
function httpExchange(
  socket: Socket,
  limits: AnswerLimits,
  done: (answer: Answer, response: HttpResponse | undefined) => void,
): { fail(answer: Answer): void } {
  const parser = httpResponseParser(limits);
  const finish = (answer: Answer, response?: HttpResponse): void => {
    socket.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onError);
    done(answer, response);
  };
  const succeed = (response: HttpResponse): void => {
    const { status, body } = response;
    finish(
      body.tooLong
        ? { kind: "too-long", status, lengthBytes: body.lengthBytes, prefix: body.text() }
        : { kind: "answered", status, body: body.text() },
      response,
    );
  };
  const onData = (chunk: Buffer): void => {
    let response: HttpResponse | undefined;
    try {
      response = parser.read(chunk);
    } catch {
      return finish({ kind: "lost" }); // BadResponse: what it meant to say cannot be known
    }
    if (response !== undefined) succeed(response);
  };
  const onEnd = (): void => {
    const response = parser.ended();
    if (response !== undefined) succeed(response);
    else finish({ kind: "lost" });
  };
  const onClose = (): void => finish({ kind: "lost" });
  const onError = (error: NodeJS.ErrnoException): void => finish({ kind: isRefusal(error) ? "refused" : "lost" });
  socket.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onError);
  return { fail: (answer) => finish(answer) };
}

/** Whether the connection was never made, so that nothing was sent. */
function isRefusal(error: NodeJS.ErrnoException): boolean {
  return error.syscall === "connect";
}
