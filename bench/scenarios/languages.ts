import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DEFAULT_MANIFEST,
  findRuntime,
  isJsonObject,
  type JsonObject,
  parseManifest,
  resolveKind,
  UPSTREAM_LIMITS,
} from "@meringue/core";
import { DEFAULT_SOCKET_PATH, dockerUnavailable, engineSocketPath, presentImages } from "@meringue/docker";
import { ownerId } from "../../packages/server/src/owner-id.ts";
import { findLaunchers } from "../../runtimes/catalogue.ts";
import {
  dockerContainersOf,
  type FindContainers,
  memoryOfRemoved,
  processesOf,
  sandboxesOf,
} from "../src/container-trees.ts";
import { temporaryFolder } from "../src/data-folder.ts";
import { median } from "../src/figures.ts";
import { FIGURES, type FigureName, LANGUAGES, type Language, type PlaceName, rowName } from "../src/languages.ts";
import { type Platform, startPlatform } from "../src/platform.ts";
import { allSettled } from "../src/proc.ts";
import { type Row, skippedRow } from "../src/row.ts";
import type { Bench, Scenario } from "../src/scenario.ts";

const CELL_MB = 256;
/** There are no stem cells of this size, so that a container starts from nothing. */
const NO_CELL_MB = 192;
/** Calls of each sort in a round; the round's figure is their median. */
const STARTS = { sandbox: 3, docker: 1 } as const;
const WARM_CALLS = 20;
/** Characters of a failure that a table has room for. */
const MOST_TOLD = 200;
const MANIFEST = parseManifest(DEFAULT_MANIFEST);

/** One language in one place, and what was measured of it so far. */
interface Subject {
  readonly language: Language & { readonly sample: JsonObject };
  readonly place: Place;
  readonly values: Record<FigureName, number[]>;
  /** Why there will be no figures. */
  broken?: string;
}

/** A server whose actions are isolated in one way. */
interface Place {
  readonly name: PlaceName;
  readonly platform: Platform;
  readonly containers: FindContainers;
}

/** First and further calls of every language, in the sandbox and in Docker by turns. */
export const languages: Scenario = {
  name: "languages",
  title: "Every language, in the sandbox and in Docker",
  remote: false,
  named: true,
  async run(bench) {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryFolder());
    const subjects: Subject[] = [];
    const skipped: Row[] = [];
    for (const name of ["sandbox", "docker"] as const) {
      const missing = await whatIsMissing(bench, name, folder.path);
      const able: Subject["language"][] = [];
      for (const language of LANGUAGES) {
        const sample = missing(language) ?? (await sampleOf(language));
        if (typeof sample === "string") skipped.push(skippedRow(rowName(language.family, name), sample));
        else able.push({ ...language, sample });
      }
      if (able.length === 0) continue;
      const place = await startPlace(bench, name, folder.path, able, stack);
      subjects.push(...able.map((language) => ({ language, place, values: noFigures() })));
    }
    for (let round = 0; round < bench.rounds; round++) {
      for (const subject of subjects) await measure(bench, subject, round);
    }
    return [...subjects.flatMap(rowsOf), ...skipped];
  },
};

async function sampleOf({ sample }: Language): Promise<JsonObject | string> {
  return typeof sample === "function" ? await sample() : sample;
}

/** @returns tells of a language why it cannot be measured in a place */
async function whatIsMissing(
  { quick }: Bench,
  place: PlaceName,
  folder: string,
): Promise<(language: Language) => string | undefined> {
  if (quick && place === "docker") return () => "not in a smoke run";
  if (place === "sandbox") {
    const { launcherFor } = await findLaunchers({ cacheDir: join(folder, "cache") });
    return (language) => {
      const { kind, image } = runtimeOf(language);
      if (quick && language.compiled === true) return "not in a smoke run";
      if (image === undefined) return `the manifest has no ${language.family}`;
      const launcher = launcherFor(kind, image, CELL_MB);
      return typeof launcher === "string" ? launcher : undefined;
    };
  }
  const socket = engineSocketPath(process.env["DOCKER_HOST"]) ?? DEFAULT_SOCKET_PATH;
  const why = await dockerUnavailable(socket);
  if (why !== undefined) return () => why;
  const images = LANGUAGES.flatMap((language) => runtimeOf(language).image ?? []);
  const present = await presentImages(socket, images);
  return (language) => {
    const { image } = runtimeOf(language);
    if (image === undefined) return `the manifest has no ${language.family}`;
    return present.has(image) ? undefined : `there is no image ${image}`;
  };
}

/** The default kind of a language, and its image. */
function runtimeOf({ family, sample }: Language): { readonly kind: string; readonly image: string | undefined } {
  if (isJsonObject(sample) && sample["kind"] === "blackbox")
    return { kind: "blackbox", image: String(sample["image"]) };
  const runtime = resolveKind(MANIFEST, `${family}:default`);
  return { kind: runtime?.kind ?? family, image: runtime?.image };
}

async function startPlace(
  bench: Bench,
  name: PlaceName,
  folder: string,
  able: readonly Language[],
  stack: AsyncDisposableStack,
): Promise<Place> {
  const dataDir = join(folder, name);
  await mkdir(dataDir);
  const manifest = join(folder, `${name}.json`);
  await writeFile(manifest, JSON.stringify(withStemCells(able)));
  const platform = stack.use(await startPlatform(bench, ["--containers", name, "-m", manifest], { dataDir }));
  const containers = name === "docker" ? dockerContainersOf(await ownerId(dataDir)) : sandboxesOf(platform.pid ?? 0);
  return { name, platform, containers };
}

/** Our own manifest with one stem cell for the default kind of each language, and none beside. */
function withStemCells(able: readonly Language[]): JsonObject {
  const wanted = new Set(able.map((language) => runtimeOf(language).kind));
  const cells = [{ initialCount: 1, memory: `${CELL_MB} MB` }];
  const families = Object.entries(DEFAULT_MANIFEST["runtimes"] as JsonObject).map(([family, kinds]) => [
    family,
    (kinds as JsonObject[]).map((kind) => {
      const isWanted = wanted.has(String(kind["kind"])) && findRuntime(MANIFEST, String(kind["kind"])) !== undefined;
      return { ...kind, stemCells: isWanted ? cells : [] };
    }),
  ]);
  return { ...DEFAULT_MANIFEST, runtimes: Object.fromEntries(families) as JsonObject };
}

async function measure(bench: Bench, subject: Subject, round: number): Promise<void> {
  const { language, place, values } = subject;
  if (subject.broken !== undefined) return;
  bench.say(`languages: round ${round + 1}, ${rowName(language.family, place.name)}`);
  try {
    if (round === 0) await once(bench, subject, "first"); // what is done for the first time does not count
    const found = noFigures();
    for (let start = 0; start < (bench.quick ? 1 : STARTS[place.name]); start++) {
      const { coldMs, againMs, memoryMb } = await once(bench, subject, `cold${round}_${start}`);
      found.cold.push(coldMs);
      found.again.push(againMs);
      if (memoryMb !== undefined) found.memory.push(memoryMb);
      const { cellMs, warmMs } = await fromCell(bench, subject, `cell${round}_${start}`);
      if (hasCells(language)) found.cell.push(cellMs);
      found.warm.push(warmMs);
    }
    for (const name of Object.keys(FIGURES) as FigureName[]) {
      if (found[name].length > 0) values[name].push(median(found[name]));
    }
  } catch (error) {
    subject.broken = `a call failed: ${error instanceof Error ? error.message : error}`.slice(0, MOST_TOLD);
  }
}

function noFigures(): Record<FigureName, number[]> {
  return { cold: [], again: [], cell: [], warm: [], memory: [] };
}

interface ColdCalls {
  readonly coldMs: number;
  readonly againMs: number;
  /** Of the first one's container, if it went away when the action did. */
  readonly memoryMb: number | undefined;
}

/** First calls of two new actions, one after the other, which find no stem cell; the second finds nothing started ahead. */
async function once(bench: Bench, { language, place }: Subject, suffix: string): Promise<ColdCalls> {
  const { platform, containers } = place;
  const names = [`${language.family}_${suffix}`, `${language.family}_${suffix}_again`] as const;
  for (const name of names) await platform.put(name, language.sample, NO_CELL_MB);
  await rest(bench, place);
  const coldMs = await answered(platform, names[0]);
  const againMs = await answered(platform, names[1]);
  const remove = (name: string): Promise<unknown> => platform.call("DELETE", `/actions/${platform.named(name)}`);
  const memoryMb = await memoryOfRemoved(containers, () => remove(names[0]));
  await remove(names[1]);
  return { coldMs, againMs, memoryMb };
}

/** A first call of a new action from a stem cell, and further calls. */
async function fromCell(
  bench: Bench,
  { language, place }: Subject,
  suffix: string,
): Promise<{ readonly cellMs: number; readonly warmMs: number }> {
  const { platform } = place;
  const name = `${language.family}_${suffix}`;
  await platform.put(name, language.sample, CELL_MB);
  await rest(bench, place);
  const cellMs = await answered(platform, name);
  const warm: number[] = [];
  for (let call = 0; call < (bench.quick ? 2 : WARM_CALLS); call++) warm.push(await answered(platform, name));
  await platform.call("DELETE", `/actions/${platform.named(name)}`);
  return { cellMs, warmMs: median(warm) };
}

/** A call that was answered with its result, and not with an id because it took too long. @throws Error */
async function answered(platform: Platform, name: string): Promise<number> {
  const ms = await platform.invoke(name);
  if (ms >= UPSTREAM_LIMITS.blockingMs) throw new Error(`no result within ${UPSTREAM_LIMITS.blockingMs} ms`);
  return ms;
}

/** Images that are no kind have no stem cells. */
function hasCells({ sample }: Subject["language"]): boolean {
  return sample["kind"] !== "blackbox";
}

/** Until the stem cell that the last start took is replaced. */
async function rest({ quick }: Bench, { platform, containers }: Place): Promise<void> {
  if (quick) return;
  await allSettled(async () => [platform.pid ?? 0, ...(await processesOf(await containers()))]);
}

function rowsOf({ language, place, values, broken }: Subject): Row[] {
  if (broken !== undefined) return [skippedRow(rowName(language.family, place.name), broken)];
  return (Object.keys(FIGURES) as FigureName[]).flatMap((name) => {
    const row = { what: rowName(language.family, place.name, name), unit: FIGURES[name].unit, values: values[name] };
    return row.values.length === 0 ? [] : [row];
  });
}
