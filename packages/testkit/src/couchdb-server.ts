import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { killProcess } from "./kill-process.ts";

const PROGRAM = fileURLToPath(new URL("../couchdb/node_modules/pouchdb-server/bin/pouchdb-server", import.meta.url));
const END_WITH_PARENT = fileURLToPath(new URL("../couchdb/end-with-parent.cjs", import.meta.url));
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
/** Outside of what systems give to outgoing connections, so that nobody has it by chance. */
const PORT = 25_984;

/** The one account of a {@link CouchTestServer}. */
export const COUCH_ACCOUNT = { username: "tester", password: "some-passw0rd" } as const;

/** A server of CouchDB's protocol of the test's own, whose data is thrown away afterwards. */
export interface CouchTestServer {
  /** `http://ADDRESS:PORT`, at an address of the loopback that is its own; stays the same when it is started again. */
  readonly url: string;
  /** Where its data is. */
  readonly folder: string;
  /** Ends the process without a chance to do anything; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port, unless it runs. */
  start(): Promise<void>;
  /** Stops its clock: it takes connections and answers nothing, until it is continued. */
  freeze(): void;
  thaw(): void;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** @returns undefined when {@link startCouchServer} can work here, else why not, in one sentence without a period. */
export function couchServerUnavailable(): string | undefined {
  if (existsSync(PROGRAM)) return undefined;
  return "pouchdb-server is not installed: npm ci --prefix packages/testkit/couchdb";
}

export interface CouchServerOptions {
  /** Faster, and forgets all when it is killed. */
  readonly inMemory?: boolean;
}

/** Starts pouchdb-server on the loopback. It ends with this process, however that ends. @throws Error with what it printed when it does not come up */
export async function startCouchServer({ inMemory = false }: CouchServerOptions = {}): Promise<CouchTestServer> {
  const folder = await mkdtemp(join(tmpdir(), "meringue-couchdb-"));
  const host = ownHost();
  const url = `http://${host}:${PORT}`;
  const config = join(folder, "config.json");
  const { username, password } = COUCH_ACCOUNT;
  await writeFile(config, JSON.stringify({ admins: { [username]: password }, log: { file: join(folder, "log") } }));
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    await killProcess(running);
  }
  async function start(): Promise<void> {
    if (child !== undefined) return;
    const flags = ["--port", String(PORT), "--host", host, "--dir", join(folder, "data"), "--config", config];
    const memory = inMemory ? ["--in-memory"] : [];
    const started = spawn(
      process.execPath,
      ["--require", END_WITH_PARENT, PROGRAM, ...flags, ...memory, "--no-stdout-logs"],
      {
        cwd: folder,
        env: { ...process.env, MERINGUE_TEST_COUCHDB_FOLDER: folder },
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    child = started;
    let printed = "";
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        printed = (printed + chunk.toString()).slice(-4_000);
      });
    }
    await answering(url, started, () => printed);
  }

  try {
    await start();
  } catch (error) {
    await kill();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    folder,
    kill,
    start,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(url: string, child: ChildProcess, printed: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answersAt(url))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`pouchdb-server did not start: ${printed()}`);
    await sleep(POLL_MS);
  }
}

async function answersAt(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false; // it does not listen yet
  }
}

/**
 * An address of the loopback for one server. To take a free port and give it back, for the server to bind it later, would be
 * a race with everything on the machine that connects or listens.
 */
function ownHost(): string {
  const part = (): number => randomInt(1, 255);
  return `127.${part()}.${part()}.${part()}`;
}
