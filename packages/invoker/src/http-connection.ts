import { connect } from "node:net";
import type { Answer, AnswerLimits } from "./answer.ts";
import { BadResponse, type HttpResponse, type HttpResponseParser, httpResponseParser } from "./http-response-parser.ts";
import { type LineBody, lineBody } from "./line-body.ts";
import type { StreamReceiver } from "./stream-receiver.ts";

/** Where a container listens. */
export type HttpAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Peers of Node close idle connections after 5 s unless they say otherwise. */
const DEFAULT_KEEP_ALIVE_MS = 5_000;
/** How long before the peer would close an idle connection we stop using it. */
const KEEP_ALIVE_MARGIN_MS = 1_000;

/** One connection to a container, which carries one exchange at a time. */
export interface HttpConnection {
  /** Whether it can carry another exchange now, as far as is known. */
  readonly usable: boolean;
  /**
   * @param done called exactly once.
   * @param stream may be sent something before the answer. Its pace is that of the connection, and our half of it is
   * closed to say that nobody wants more.
   */
  exchange(request: string, limits: AnswerLimits, done: (answer: Answer) => void, stream?: RunStream): void;
  /** Closes it. An exchange that is under way ends with `answer`, by default as lost. */
  destroy(answer?: Answer): void;
}

/** Who takes what one run sends before its answer. */
export interface RunStream {
  /** The activation's id. */
  readonly id: string;
  readonly receiver: StreamReceiver;
}

interface Exchange {
  readonly parser: HttpResponseParser;
  readonly lines: LineBody | undefined;
  readonly done: (answer: Answer) => void;
}

/** Connects. @param onClose called once, when the connection is no more. */
export function httpConnection(address: HttpAddress, onClose: () => void): HttpConnection {
  const socket = connect(address).setNoDelay(true);
  let current: Exchange | undefined;
  let usableUntil = 0;

  const finish = (answer: Answer): void => {
    const done = current?.done;
    current = undefined;
    done?.(answer);
  };
  const destroy = (answer: Answer = { kind: "lost" }): void => {
    usableUntil = 0;
    socket.destroy();
    finish(answer);
  };
  const succeed = (response: HttpResponse): void => {
    const forMs = (response.keepAliveMs ?? DEFAULT_KEEP_ALIVE_MS) - KEEP_ALIVE_MARGIN_MS;
    usableUntil = response.reusable && !socket.writableEnded ? Date.now() + forMs : 0;
    finish(answerOf(response));
  };

  socket.on("data", (chunk) => {
    if (current === undefined) return destroy(); // an answer that nobody asked for
    try {
      const response = current.parser.read(chunk);
      if (response !== undefined) succeed(response);
      else if (current.lines?.full === true && !socket.writableEnded) socket.pause();
    } catch (error) {
      if (!(error instanceof BadResponse)) throw error;
      destroy(); // what it meant to say cannot be known
    }
  });
  socket.on("end", () => {
    const response = current?.parser.ended();
    if (response !== undefined) succeed(response);
    destroy();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    destroy({ kind: error.syscall === "connect" ? "refused" : "lost" }); // never connected: nothing was sent
  });
  socket.on("close", () => {
    destroy();
    onClose();
  });

  return {
    get usable() {
      return Date.now() < usableUntil && current === undefined;
    },
    exchange(request, limits, done, stream) {
      const lines = stream && lineBody(stream.id, limits, stream.receiver);
      const exchange = { parser: httpResponseParser(limits, lines), lines, done };
      current = exchange;
      usableUntil = 0;
      stream?.receiver.open({
        more() {
          if (current === exchange) socket.resume();
        },
        stop() {
          if (current === exchange) socket.end().resume(); // what is still on its way is in front of the answer
        },
      });
      if (socket.destroyed) return finish({ kind: "lost" });
      socket.write(request);
    },
    destroy,
  };
}

function answerOf({ status, body, lines }: HttpResponse): Answer {
  if (lines !== undefined) return lines.answer ?? { kind: "lost" };
  if (body.tooLong) return { kind: "too-long", status, lengthBytes: body.lengthBytes, prefix: body.text() };
  return { kind: "answered", status, body: body.text() };
}
