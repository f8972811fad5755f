import { createReadStream } from "node:fs";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type EngineClient, EngineError } from "../../packages/adapters/docker/src/engine-client.ts";
import type { Suite } from "./list.ts";
import { run } from "./run.ts";

const LOOKUP_TIMEOUT_MS = 10_000;
const MIRROR = "http://deb.debian.org";
/** Unpacking in memory takes a fraction of what it takes on a disk. */
const IN_MEMORY = "/dev/shm";
const ROOM_BYTES = 2 ** 31;

/** dpkg's settings in the images: no waiting for disks, and nothing that only people read. */
const DPKG_SETTINGS = [
  "force-unsafe-io",
  ...["man", "info", "locale", "doc"].map((name) => `path-exclude=/usr/share/${name}/*`),
  "path-include=/usr/share/doc/*/copyright",
];
/** The lists of packages stay, compressed, so that no image has to bring them. */
const OPTIONS = [
  ...["--quiet", "--variant=apt", "--skip=cleanup/apt/lists"],
  ...['--aptopt=Acquire::Languages "none"', '--aptopt=Acquire::GzipIndexes "true"'],
  `--setup-hook=mkdir -p "$1/etc/dpkg/dpkg.cfg.d" && printf '%s\\n' '${DPKG_SETTINGS.join("' '")}' >"$1/etc/dpkg/dpkg.cfg.d/small"`,
  // The settings only hold for what is installed later.
  `--customize-hook=cd "$1/usr/share" && rm -rf man/* info/* locale/* && find doc -type f ! -name copyright -delete`,
];
/** Mirrors may be weeks behind sid, whose lists are good for one week. */
const SID_OPTIONS = ['--aptopt=Acquire::Check-Valid-Until "false"'];

/**
 * A minimal Debian without any image registry. Made once for an engine.
 * @returns its name
 * @throws Error when there is no mmdebstrap, or no Debian mirror
 */
export async function debianBase(engine: EngineClient, suite: Suite): Promise<string> {
  const name = `meringue/base:${suite}`;
  if (await exists(engine, name)) return name;
  const folder = await mkdtemp(join(await roomyFolder(), "meringue-base-"));
  try {
    const system = join(folder, "system.tar");
    await bootstrap(suite, system, folder);
    const path = `/images/create?fromSrc=-&repo=meringue/base&tag=${suite}`;
    await follow(await engine.open("POST", path, { upload: createReadStream(system) }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return name;
}

async function bootstrap(suite: Suite, target: string, workFolder: string): Promise<void> {
  const options = suite === "sid" ? [...OPTIONS, ...SID_OPTIONS] : OPTIONS;
  try {
    await run("mmdebstrap", [...options, suite, target, ...sourcesOf(suite)], { env: { TMPDIR: workFolder } });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(`no base image: install mmdebstrap, or name one with --base, as debian:SUITE-slim`, {
      cause: error,
    });
  }
}

/** What has been released gets security updates apart. */
function sourcesOf(suite: Suite): string[] {
  const main = `deb ${MIRROR}/debian ${suite} main`;
  return suite === "sid" ? [main] : [main, `deb ${MIRROR}/debian-security ${suite}-security main`];
}

async function roomyFolder(): Promise<string> {
  const { bavail, bsize } = await statfs(IN_MEMORY).catch(() => ({ bavail: 0, bsize: 0 })); // not everywhere
  return bavail * bsize > ROOM_BYTES ? IN_MEMORY : tmpdir();
}

async function exists(engine: EngineClient, name: string): Promise<boolean> {
  try {
    await engine.call("GET", `/images/${name}/json`, { timeoutMs: LOOKUP_TIMEOUT_MS });
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return false;
    throw error;
  }
}

/** Reads the engine's progress to its end. @throws Error when one of its lines tells of one, with what came before it. */
export async function follow(progress: NodeJS.ReadableStream): Promise<void> {
  let told = "";
  let failure: string | undefined;
  for await (const line of createInterface({ input: progress })) {
    const { stream = "", error } = JSON.parse(line) as { stream?: string; error?: string };
    told = (told + stream).slice(-4_000);
    failure ??= error;
  }
  if (failure !== undefined) throw new Error(`${told}\n${failure}`);
}
