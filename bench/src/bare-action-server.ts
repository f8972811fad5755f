/** The floor that everything is measured against: node:http that parses `{"value":…}` and answers a small object. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { name = "stranger" } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { name?: string };
    const body = JSON.stringify({ greeting: `hello ${name}` });
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`ready: http://127.0.0.1:${(server.address() as AddressInfo).port}`));
