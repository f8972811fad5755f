import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PROGRAMS = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];
/** Outside of what systems give to outgoing connections. */
const PORTS = { http: 8080, https: 8443 } as const;
/** Workers are another user where nginx is started by root. */
const WORKERS_MAY_ENTER = 0o755;
const START_TIMEOUT_MS = 20_000;
const POLL_MS = 20;

/** A real nginx of the test's own, on an address of the loopback that nobody else has. */
export interface NginxTestServer {
  /** `ADDRESS:PORT`. */
  readonly http: string;
  readonly https: string;
  /** The last of what it has complained about. */
  output(): string;
  /** Ends it and deletes what it kept. */
  stop(): Promise<void>;
}

/** Where it is to listen, and where it may write. */
export interface NginxPlace {
  readonly http: string;
  readonly https: string;
  readonly folder: string;
}

/** @returns undefined when {@link startNginx} can work here, else why not, in one sentence without a period. */
export function nginxUnavailable(): string | undefined {
  return program() === undefined ? "nginx is not installed" : undefined;
}

function program(): string | undefined {
  return PROGRAMS.find((path) => existsSync(path));
}

/** Starts nginx. It ends with this process. @param configFor makes its configuration. @throws Error with what it printed */
export async function startNginx(configFor: (place: NginxPlace) => string): Promise<NginxTestServer> {
  const folder = await mkdtemp(join(tmpdir(), "meringue-nginx-"));
  await chmod(folder, WORKERS_MAY_ENTER);
  const host = `127.${randomInt(64, 128)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  const place = { http: `${host}:${PORTS.http}`, https: `${host}:${PORTS.https}`, folder };
  const file = join(folder, "nginx.conf");
  await writeFile(file, configFor(place));
  const flags = ["-p", folder, "-c", file, "-e", "stderr", "-g", "daemon off;"];
  // the master ends its workers when it is asked to; when we are killed, nobody asks, so that it must be the kernel
  const child = spawn("setpriv", ["--pdeathsig", "TERM", program() ?? "nginx", ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let printed = "";
  child.stderr.on("data", (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-20_000);
  });
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(host, PORTS.http, child);
  } catch (error) {
    await stop();
    throw new Error(`nginx did not start: ${printed}`, { cause: error });
  }
  return { http: place.http, https: place.https, output: () => printed, stop };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

async function listening(host: string, port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(host, port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error("nobody listens");
    await sleep(POLL_MS);
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
