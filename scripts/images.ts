/**
 * `node scripts/run.mjs scripts/images.ts [--base IMAGE] [NAME…]` builds the runtimes' images on the Docker engine that
 * DOCKER_HOST names, all or those named (`action-nodejs-v24` …). Without `--base` Debian is brought by debootstrap, so no
 * image registry is needed; with it the image is taken as it is, or pulled.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { engineClient, negotiateVersion } from "../packages/adapters/docker/src/engine-client.ts";
import { engineSocketPath } from "../packages/adapters/docker/src/engine-socket.ts";
import { debianBase } from "./images/base.ts";
import { buildImage } from "./images/build.ts";
import { IMAGES } from "./images/list.ts";
import { stagingArea } from "./images/stage.ts";

/** How long a healthy engine may take to say its version, in milliseconds. */
const VERSION_TIMEOUT_MS = 10_000;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { base: { type: "string" } } });
const unknown = positionals.filter((name) => !IMAGES.some((image) => image.name === name));
if (unknown.length > 0) {
  throw new Error(`no such image: ${unknown.join(", ")}; there are ${IMAGES.map(({ name }) => name).join(", ")}`);
}
const wanted = positionals.length === 0 ? IMAGES : IMAGES.filter(({ name }) => positionals.includes(name));

const root = join(import.meta.dirname, "..");
const folder = await mkdtemp(join(tmpdir(), "meringue-images-"));
const engine = engineClient(engineSocketPath(process.env["DOCKER_HOST"]));
try {
  await negotiateVersion(engine, VERSION_TIMEOUT_MS);
  const base = values.base ?? (await debianBase(engine, join(folder, "debian")));
  const staging = stagingArea(root, folder);
  for (const image of wanted) {
    const since = performance.now();
    await buildImage(engine, image, await staging.stage(image), base);
    console.log(`built ${image.tags.join(", ")} in ${((performance.now() - since) / 1000).toFixed(1)} s`);
  }
} finally {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
}
