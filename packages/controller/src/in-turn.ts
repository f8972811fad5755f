import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Serves requests that a client has sent ahead, on the same connection, one after the other: their answers leave in that
 * order anyway, and one that reads none of them then holds one answer in memory, not as many as it has asked for.
 */
export function inTurn<Rest extends readonly unknown[]>(
  serve: (request: IncomingMessage, response: ServerResponse, ...rest: Rest) => void,
): typeof serve {
  return (request, response, ...rest) => {
    // Node gives the connection to a response when its turn has come.
    if (response.socket === null) response.once("socket", () => serve(request, response, ...rest));
    else serve(request, response, ...rest);
  };
}
