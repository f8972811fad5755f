import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Ids } from "@meringue/core";

/** What a request that is no HTTP, or not there in time, is answered with, by the parser's complaint. */
const STATUS: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what could not be read as a request, as well as that can be done, and closes the connection. */
export function answerUnreadable(ids: Ids) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = STATUS[error.code ?? ""] ?? 400;
    const reason = STATUS_CODES[status] ?? "";
    const transid = ids.transactionId();
    const body = JSON.stringify({ error: `The request could not be read: ${reason}.`, code: transid });
    const head = [
      `HTTP/1.1 ${status} ${reason}`,
      `X-Request-ID: ${transid}`,
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  };
}
