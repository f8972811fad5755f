import { randomInt } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { type ProcessSpec, type RuntimeProcess, startProcess } from "./launcher-target.ts";
import { streamedLines } from "./streamed-lines.ts";
import { type Reply, type StartTarget, type Target, toldBy } from "./target.ts";

/** Of an answer to /run that is made of lines. */
const LINES_TYPE = "application/vnd.meringue.answer-lines";

const START_LIMIT_MS = 30_000;
const RETRY_MS = 5;
/** Outside of what systems give to outgoing connections, so that nobody has it by chance. */
const PORT = 21_808;

/** Where one runtime listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Speaks the action container protocol to a plain process, which is told its address by flags. */
export function httpProcessTarget(spec: ProcessSpec): StartTarget {
  return async (env = {}) => {
    const address = ownAddress();
    const argv = [...spec.argv, `--host=${address.host}`, `--port=${address.port}`];
    const runtime = startProcess({ ...spec, argv }, env, "ignore");
    const end = async (): Promise<void> => {
      runtime.child.kill("SIGKILL");
      await runtime.closed;
      runtime.removeFolder();
    };
    await untilOpen(address, runtime).catch(async (error: unknown) => {
      await end();
      throw error;
    });
    const { post, stream, close } = httpClient(address);
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
        await end();
      },
    } satisfies Target;
  };
}

/** Posts JSON to a runtime on this machine. An answer without Content-Length is an error: platforms refuse it. */
export function httpClient(address: Address): Pick<Target, "stream"> & {
  post(path: string, body: unknown): Promise<Reply>;
  close(): void;
} {
  const agent = new Agent({ keepAlive: true });
  const send = async (path: string, body: unknown): Promise<IncomingMessage | undefined> => {
    const bytes = Buffer.from(JSON.stringify(body));
    const headers = { "Content-Type": "application/json", "Content-Length": bytes.length };
    const call = request({ ...address, path, method: "POST", agent, headers });
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

/** Waits until a runtime listens. @throws with all that it printed, when it does not within half a minute, or ended. */
export async function untilOpen(address: Address, { child, printed, closed }: RuntimeProcess): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await isOpen(address))) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() > deadline) {
      if (ended) await closed;
      const how = ended ? `it ended with ${child.signalCode ?? child.exitCode}` : `not within ${START_LIMIT_MS} ms`;
      throw new Error(`nothing listens at ${address.host}:${address.port}: ${how}\n${toldBy(printed())}`);
    }
    await wait(RETRY_MS); // a listening socket announces itself to nobody
  }
}

function isOpen({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/**
 * An address of the loopback for one runtime. To take a free port and give it back, for a runtime to bind it later, would
 * be a race with everything on the machine that connects or listens.
 */
export function ownAddress(): Address {
  const part = (): number => randomInt(1, 255);
  return { host: `127.${part()}.${part()}.${part()}`, port: PORT };
}

/** Some runtimes confirm an init in words. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
