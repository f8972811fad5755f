import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Holds at most `max` connections. For one more, the one that has been idle for longest is closed, so that those who only
 * hold connections keep nobody out; while every one is at work, the new one is closed. One that has not sent a whole
 * request head is idle.
 */
export function boundConnections(server: Server, max: number): void {
  /** Idle for longest first. */
  const idle = new Set<Socket>();
  let open = 0;

  server.on("connection", (socket) => {
    open++;
    socket.once("close", () => {
      open--;
      idle.delete(socket);
    });
    idle.add(socket);
    if (open <= max) return;
    const [longest = socket] = idle;
    idle.delete(longest);
    longest.destroy();
  });
  server.on("request", ({ socket }, response) => {
    idle.delete(socket);
    response.once("close", () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });
}
