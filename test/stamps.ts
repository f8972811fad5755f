import { spawn } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

/** How many times a stream of stamps tells. */
export const STAMPS = 100;

/** Asks, and waits for the head of the answer. */
export async function get(url: string): Promise<IncomingMessage> {
  const [response] = (await once(request(url, { agent: false }).end(), "response")) as [IncomingMessage];
  return response;
}

/** How long items take that are the times at which they were made. */
export async function medianDelayMs(response: IncomingMessage): Promise<number> {
  const tookMs: number[] = [];
  for await (const chunk of response) {
    const now = performance.timeOrigin + performance.now();
    for (const stamp of String(chunk).trim().split(" ")) tookMs.push(now - Number(stamp));
  }
  if (tookMs.length !== STAMPS) throw new Error(`${tookMs.length} stamps came`);
  return tookMs.sort((a, b) => a - b)[STAMPS / 2] ?? 0;
}

/** The same items from a process that does nothing but send them. */
export async function bareStamps(): Promise<{ readonly url: string; [Symbol.dispose](): void }> {
  const code = `const { setTimeout: sleep } = require("node:timers/promises");
    const server = require("node:http").createServer(async (_, response) => {
      for (let at = 0; at < ${STAMPS}; at++) { await sleep(10); response.write(performance.timeOrigin + performance.now() + " "); }
      response.end();
    }).listen(0, "127.0.0.1", () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  return { url: `http://127.0.0.1:${String(port).trim()}`, [Symbol.dispose]: () => void child.kill() };
}
