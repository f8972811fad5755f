import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiEntrance } from "@meringue/core";

/** An API that answers every call with who made it: `{"caller":"wsk0_1"}`. */
export function callerTellingEntrance(): ApiEntrance & { readonly callers: readonly (string | undefined)[] } {
  const callers: (string | undefined)[] = [];
  return {
    callers,
    port: 0,
    async open(host, port, callerAt) {
      const server = createServer((request, response) => {
        const caller = callerAt(request.socket.remoteAddress ?? "");
        callers.push(caller);
        response.end(JSON.stringify({ caller }));
      });
      server.listen(port, host);
      await once(server, "listening");
      return {
        port: (server.address() as AddressInfo).port,
        async close() {
          server.closeAllConnections();
          server.close();
          await once(server, "close");
        },
      };
    },
  };
}
