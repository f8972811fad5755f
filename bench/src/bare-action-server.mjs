/**
 * The floor that everything is measured against: node:http that parses arguments and answers a small object, as the
 * action does. Plain JavaScript, so that its start is the shortest there is. `node bare-action-server.mjs [PORT]`
 */
import { createServer } from "node:http";

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const text = Buffer.concat(chunks).toString("utf8");
    const { name = "stranger" } = text === "" ? {} : JSON.parse(text);
    const body = JSON.stringify({ greeting: `hello ${name}` });
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(`ready: http://127.0.0.1:${port}`);
});
