import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiEntrance, Caller, OpenEntrance } from "@meringue/core";

/** Serves one request of a container. */
export type ServeContainer = (request: IncomingMessage, response: ServerResponse, caller: Caller) => void;

export interface ApiEntranceOptions {
  readonly port: number;
  readonly serve: ServeContainer;
  /** The namespace that a container works for. */
  readonly namespaceOf: (containerName: string) => string | undefined;
}

/** The addresses on which containers, and nobody else, reach the API: each caller is known by where it calls from. */
export function apiEntrance({ port, serve, namespaceOf }: ApiEntranceOptions): ApiEntrance {
  return {
    port,
    async open(host, wantedPort, callerAt): Promise<OpenEntrance> {
      const server = createServer((request, response) => {
        const name = callerAt(request.socket.remoteAddress ?? "");
        const namespace = name === undefined ? undefined : namespaceOf(name);
        serve(request, response, { via: "container", namespace });
      });
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host, port: wantedPort }, () => {
          server.off("error", reject);
          resolve();
        });
      });
      return {
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      };
    },
  };
}
