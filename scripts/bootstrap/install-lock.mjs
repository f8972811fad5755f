import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 100;
const HEARTBEAT_MS = 1_000;
/** A holder that shows no life for so long is gone, whatever process has its id now. */
const FORGOTTEN_MS = 300_000;

/**
 * Runs `work` while no other start of this checkout does. A lock whose holders have all died is taken over.
 *
 * @template T
 * @param {string} path of the lock file
 * @param {(alsoHeldBy: (pid: number) => void) => Promise<T>} work may name a child: the lock then outlives us with it
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  const holder = { token: randomUUID(), pids: [process.pid] };
  await acquire(path, holder);
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  try {
    return await work((pid) => {
      holder.pids.push(pid);
      writeFileSync(path, JSON.stringify(holder));
    });
  } finally {
    clearInterval(heartbeat);
    if (read(path)?.token === holder.token) rmSync(path, { force: true });
  }
}

async function acquire(path, holder) {
  let told = false;
  while (!create(path, holder)) {
    const other = read(path);
    if (other !== undefined && !isHeld(path, other)) {
      takeAway(path, other.token);
      continue;
    }
    if (!told) process.stderr.write("meringue: another start is bringing what is missing; waiting for it …\n");
    told = true;
    await delay(POLL_MS);
  }
}

/** Written aside and linked into place, so that nobody ever reads half a lock. */
function create(path, holder) {
  const aside = `${path}.${holder.token}`;
  writeFileSync(aside, JSON.stringify(holder));
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Moves a dead lock away; puts it back if it was replaced by a live one meanwhile. */
function takeAway(path, token) {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (read(aside)?.token !== token) linkSync(aside, path);
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    if (error instanceof SyntaxError) return { token: "unreadable", pids: [] };
    throw error;
  }
}

function isHeld(path, { token, pids }) {
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (token === "unreadable") return age < POLL_MS * 10;
  return age < FORGOTTEN_MS && pids.some(isAlive);
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

function touch(path) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}
