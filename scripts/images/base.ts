import { createInterface } from "node:readline";
import { type EngineClient, EngineError } from "../../packages/adapters/docker/src/engine-client.ts";
import { run, tarOfSystem } from "./run.ts";

/** The Debian that Python 3.11 comes from. */
const SUITE = "bookworm";
const BASE = `meringue/base:${SUITE}`;
const LOOKUP_TIMEOUT_MS = 10_000;

/**
 * A minimal Debian without any image registry. Made once for an engine.
 * @param folder an empty place for the system, some 250 MB
 * @throws Error when there is no debootstrap, or no Debian mirror
 */
export async function debianBase(engine: EngineClient, folder: string): Promise<string> {
  if (await exists(engine)) return BASE;
  console.log(`making ${BASE} with debootstrap`);
  try {
    await run("debootstrap", ["--variant=minbase", SUITE, folder]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error("no base image: install debootstrap, or name one with --base debian:bookworm-slim", {
      cause: error,
    });
  }
  const path = `/images/create?fromSrc=-&repo=${BASE.split(":")[0]}&tag=${SUITE}`;
  const progress = await engine.open("POST", path, { upload: tarOfSystem(folder) });
  await follow(progress);
  return BASE;
}

async function exists(engine: EngineClient): Promise<boolean> {
  try {
    await engine.call("GET", `/images/${BASE}/json`, { timeoutMs: LOOKUP_TIMEOUT_MS });
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return false;
    throw error;
  }
}

/** Reads the engine's progress to its end. @throws Error when one of its lines tells of one, with what came before it. */
export async function follow(progress: NodeJS.ReadableStream): Promise<void> {
  let told = "";
  for await (const line of createInterface({ input: progress })) {
    const { stream = "", error } = JSON.parse(line) as { stream?: string; error?: string };
    told = (told + stream).slice(-4_000);
    if (error !== undefined) throw new Error(`${told}\n${error}`);
  }
}
