import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { type ProcessSpec, startProcess } from "./launcher-target.ts";
import { streamedLines } from "./streamed-lines.ts";
import type { Reply, StartTarget, Target } from "./target.ts";

/** Of an answer to /run that is made of lines. */
const LINES_TYPE = "application/vnd.meringue.answer-lines";

const START_LIMIT_MS = 30_000;
const RETRY_MS = 5;

/** Speaks the action container protocol to a plain process, which is told its address by flags. */
export function httpProcessTarget(spec: ProcessSpec): StartTarget {
  return async (env = {}) => {
    const port = await freePort();
    const argv = [...spec.argv, "--host=127.0.0.1", `--port=${port}`];
    const runtime = startProcess({ ...spec, argv }, env, "ignore");
    await untilOpen(port, () => runtime.child.exitCode !== null);
    const { post, stream, close } = httpClient(port);
    return {
      init: (value) => post("/init", value === undefined ? {} : { value }),
      run: (body) => post("/run", body),
      stream,
      async logs() {
        runtime.child.kill("SIGTERM");
        await runtime.closed;
        return runtime.printed();
      },
      async stop() {
        close();
        runtime.child.kill("SIGKILL");
        await runtime.closed;
        runtime.removeFolder();
      },
    } satisfies Target;
  };
}

/** Posts JSON to a runtime on this machine. An answer without Content-Length is an error: platforms refuse it. */
export function httpClient(port: number): Pick<Target, "stream"> & {
  post(path: string, body: unknown): Promise<Reply>;
  close(): void;
} {
  const agent = new Agent({ keepAlive: true });
  const send = async (path: string, body: unknown): Promise<IncomingMessage | undefined> => {
    const bytes = Buffer.from(JSON.stringify(body));
    const headers = { "Content-Type": "application/json", "Content-Length": bytes.length };
    const call = request({ host: "127.0.0.1", port, path, method: "POST", agent, headers });
    call.end(bytes);
    return await once(call, "response").then(
      ([message]) => message as IncomingMessage,
      () => undefined, // the connection dropped
    );
  };
  const post = async (path: string, body: unknown): Promise<Reply> => {
    const response = await send(path, body);
    if (response === undefined) return { status: "gone", body: undefined };
    if (response.headers["content-length"] === undefined) throw new Error("an answer without Content-Length");
    return { status: response.statusCode ?? 0, body: parse(await text(response)) };
  };
  const stream: Target["stream"] = async (body, stopAfter = Number.POSITIVE_INFINITY) => {
    const lines = streamedLines();
    const response = await send("/run", body);
    if (response === undefined) return lines.result();
    if (response.headers["content-type"] !== LINES_TYPE) {
      lines.take(response.statusCode ?? 0, await text(response));
      return lines.result();
    }
    for await (const line of createInterface(response)) {
      const [, status, , json = ""] = /^(\d+) (\S+) (.*)$/.exec(line) ?? [];
      const bytes = lines.take(Number(status), json) ?? 0;
      if (bytes > 0 && lines.items === stopAfter) response.socket.end();
    }
    return lines.result();
  };
  return { post, stream, close: () => agent.destroy() };
}

/** Waits until something listens. @throws when nothing does within half a minute, or it ended. */
export async function untilOpen(port: number, ended: () => boolean): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await isOpen(port))) {
    if (ended() || Date.now() > deadline) throw new Error(`nothing listens on port ${port}`);
    await wait(RETRY_MS); // a listening socket announces itself to nobody
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Some runtimes confirm an init in words. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
