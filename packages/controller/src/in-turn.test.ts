import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, onTestFinished, test } from "vitest";
import { inTurn } from "./in-turn.ts";

describe("requests on one connection", () => {
  test("that were sent ahead are served one after the other, in order", async ({ expect }) => {
    const served: string[] = [];
    const responses: ServerResponse[] = [];
    const server = createServer(
      inTurn((request, response) => {
        served.push(request.url ?? "");
        responses.push(response);
        server.emit("served");
      }),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    let next = once(server, "served");
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const paths = ["/a", "/b", "/c"];
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`).join(""));

    for (const [i, path] of paths.entries()) {
      await next;
      expect(served.at(-1)).toBe(path);
      expect(served.length).toBe(i + 1);
      next = once(server, "served");
      const answer = once(socket, "data");
      responses[i]?.end(`answer ${i}`);
      expect(String((await answer)[0])).toContain(`answer ${i}`);
    }
  });
});
