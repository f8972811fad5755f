/**
 * `node scripts/run.mjs scripts/images.ts [--base IMAGE] [--all] [NAME…]` builds the runtimes' images on the Docker engine
 * that DOCKER_HOST names: those named (`action-nodejs-v24` …), all with `--all`, otherwise all but a few versions that are
 * neither a language's oldest nor its newest. Without `--base` Debian is brought by mmdebstrap, so no
 * image registry is needed; with it (`--base debian:SUITE-slim`; the word SUITE stands for the Debian that an image is
 * made of) that image is taken as it is, or pulled.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { engineClient, negotiateVersion } from "../packages/adapters/docker/src/engine-client.ts";
import { engineSocketPath } from "../packages/adapters/docker/src/engine-socket.ts";
import { debianBase } from "./images/base.ts";
import { buildImage } from "./images/build.ts";
import { IMAGES, type ImageRecipe } from "./images/list.ts";
import { chooseImages, runTasks, type Task } from "./images/order.ts";
import { stagingArea } from "./images/stage.ts";

/** How long a healthy engine may take to say its version, in milliseconds. */
const VERSION_TIMEOUT_MS = 10_000;

const options = { base: { type: "string" }, all: { type: "boolean" } } as const;
const { values, positionals } = parseArgs({ allowPositionals: true, options });
const images = chooseImages(IMAGES, positionals, values.all);
const suites = [...new Set(images.map(suiteOf))];

const root = join(import.meta.dirname, "..");
const folder = await mkdtemp(join(tmpdir(), "meringue-images-"));
const engine = engineClient(engineSocketPath(process.env["DOCKER_HOST"]));
const staging = stagingArea(root, folder);

/** A task that says how long it took. */
function timed(name: string, what: string, after: readonly string[], work: () => Promise<unknown>): Task {
  const run = async (): Promise<void> => {
    const since = performance.now();
    await work();
    console.log(`${what} in ${((performance.now() - since) / 1000).toFixed(1)} s`);
  };
  return { name, after, run };
}

function suiteOf({ suite = "bookworm" }: ImageRecipe): NonNullable<ImageRecipe["suite"]> {
  return suite;
}

/** What it is built on: one of ours, what the caller named, or a Debian. */
function baseOf(image: ImageRecipe): string {
  if (image.from !== undefined) return `meringue/${image.from}:latest`;
  return (values.base ?? "meringue/base:SUITE").replace("SUITE", suiteOf(image));
}

function imageTask(image: ImageRecipe): Task {
  const before = [image.from, image.after, `base ${suiteOf(image)}`].filter((name) => name !== undefined);
  return timed(image.name, `built ${image.tags.join(", ")}`, before, async () => {
    await buildImage(engine, image, await staging.stage(image), baseOf(image));
    await staging.forget(image);
  });
}

try {
  await negotiateVersion(engine, VERSION_TIMEOUT_MS);
  const bases = (values.base === undefined ? suites : []).map((suite) =>
    timed(`base ${suite}`, `had meringue/base:${suite}`, [], () => debianBase(engine, suite)),
  );
  await runTasks([...bases, ...images.map(imageTask)], Math.max(2, availableParallelism()));
} finally {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
}
