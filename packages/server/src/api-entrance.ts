import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiEntrance, Caller, OpenEntrance } from "@meringue/core";
import { boundConnections } from "./bound-connections.ts";
import { maxConnections } from "./descriptors.ts";

/** Connections that one container may hold at a time. */
const CONNECTIONS_PER_CONTAINER = 128;
/** In which a whole request has to come in, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

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
      limitConnections(server);
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

/** No container may take the descriptors that others, and the server itself, need. */
function limitConnections(server: Server): void {
  boundConnections(server, maxConnections());
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  const held = new Map<string, number>();
  server.on("connection", (socket) => {
    const address = socket.remoteAddress ?? "";
    const now = (held.get(address) ?? 0) + 1;
    if (now > CONNECTIONS_PER_CONTAINER) return void socket.destroy();
    held.set(address, now);
    socket.once("close", () => {
      const left = (held.get(address) ?? 1) - 1;
      if (left === 0) held.delete(address);
      else held.set(address, left);
    });
  });
}
