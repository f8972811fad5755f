import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Entity, EntityStore } from "@meringue/core";
import { manyTimes, openStore, temporaryFolder } from "../src/data-folder.ts";
import { type Platform, platformAt, startPlatform } from "../src/platform.ts";
import { settle } from "../src/proc.ts";
import { alternate, comparedRow } from "../src/rounds.ts";
import type { Row } from "../src/row.ts";
import { sampleAction, samplePackage, sampleTrigger } from "../src/samples.ts";
import type { Bench, Scenario } from "../src/scenario.ts";

const run = promisify(execFile);
const MERINGUE = fileURLToPath(new URL("../../scripts/meringue.mjs", import.meta.url));
const LARGE = 10_000;
const SMALL = 100;
const PACKAGED = 30;
const AT_ONCE = 64;
const MOST_SECONDS = 1;
const CODE = Buffer.from("function main() { return {}; }");
const AUTH = /^[0-9a-f-]{36}:\S+$/m;

/** Each asks for the same number of entities in both namespaces. */
const QUESTIONS = {
  "list the 30 newest actions": "/actions?limit=30",
  "page: 30 actions after 30": "/actions?limit=30&skip=30",
  "filter: 30 actions of one package": "/actions/pkg/?limit=30",
  "filter: 10 triggers": "/triggers?limit=10",
} as const;
/** Counts are read off an index, entry by entry: a figure, not a goal. */
const COUNT = { "count the actions": "/actions?count=true" } as const;

/** Listing, filtering and paging in a namespace of ten thousand entities, beside one of a hundred on the same server. */
export const entities: Scenario = {
  name: "entities",
  title: "A large namespace beside a small one, one client",
  remote: false,
  async run(bench) {
    const size = bench.quick ? 300 : LARGE;
    await using folder = await temporaryFolder();
    const auth = await addUser(folder.path, "small");
    await fill(folder.path, { guest: size, small: SMALL });
    await using large = await startPlatform(bench, [], { dataDir: folder.path });
    const small = platformAt(large.origin, auth, large.pid);
    await settle(bench, large.pid);
    const rows: Row[] = [];
    for (const [what, path] of Object.entries(QUESTIONS).slice(0, bench.quick ? 1 : undefined))
      rows.push(...(await compare(bench, what, path, large, small)));
    for (const [what, path] of Object.entries(bench.quick ? {} : COUNT))
      rows.push(...(await compare(bench, what, path, large, small, false)));
    return [...rows, await deepPage(bench, large, size)];
  },
};

async function compare(
  bench: Bench,
  what: string,
  path: string,
  large: Platform,
  small: Platform,
  isGoal = true,
): Promise<Row[]> {
  const spec = { origin: large.origin, connections: 1, seconds: Math.min(bench.seconds, MOST_SECONDS) };
  const compared = await alternate(
    { ...bench, seconds: spec.seconds },
    {
      small: { spec: { ...spec, requests: [small.reading(path)] }, pid: small.pid },
      large: { spec: { ...spec, requests: [large.reading(path)] }, pid: large.pid },
    },
  );
  const goal = isGoal ? ({ goal: "entities" } as const) : {};
  const ratio = { ...goal, what: `${what}: p50, multiple of the small namespace's`, unit: "×" } as const;
  return [
    comparedRow(compared, ratio, (round) => round.large.p50 / round.small.p50),
    comparedRow(compared, { what: `${what}: large, p50`, unit: "ms" }, (round) => round.large.p50 / 1000),
  ];
}

/** What the end of a long listing costs: it has no counterpart in a small namespace. */
async function deepPage(bench: Bench, { origin, pid, reading }: Platform, size: number): Promise<Row> {
  const skip = Math.floor(size / 2);
  const seconds = Math.min(bench.seconds, MOST_SECONDS);
  const requests = [reading(`/actions?limit=30&skip=${skip}`)];
  const compared = await alternate(
    { ...bench, seconds },
    { deep: { spec: { origin, requests, connections: 1, seconds }, pid } },
  );
  const what = `deep page: 30 actions after ${skip}: large, p50`;
  return comparedRow(compared, { what, unit: "ms" }, (round) => round.deep.p50 / 1000);
}

/** @returns its key. */
async function addUser(dataDir: string, name: string): Promise<string> {
  const { stdout } = await run(process.execPath, [MERINGUE, "admin", "--data-dir", dataDir, "user", "create", name]);
  const auth = AUTH.exec(stdout)?.[0];
  if (auth === undefined) throw new Error(`no key in what \`admin user create\` printed:\n${stdout}`);
  return auth;
}

async function fill(dataDir: string, sizes: Readonly<Record<string, number>>): Promise<void> {
  const store = await openStore(dataDir);
  try {
    for (const [namespace, size] of Object.entries(sizes)) await fillNamespace(store.entities, namespace, size);
  } finally {
    await store.close();
  }
}

/** One package of thirty actions; of the rest a fifth are triggers and the others actions. */
async function fillNamespace(store: EntityStore, namespace: string, size: number): Promise<void> {
  const put = (entity: Entity): Promise<unknown> =>
    store.put(entity, undefined, entity.entityType === "action" ? { bytes: CODE } : "none");
  await put(samplePackage(namespace, "pkg", 0));
  await manyTimes(PACKAGED, AT_ONCE, (n) => put(sampleAction(`${namespace}/pkg`, `packaged${n}`, n)));
  await manyTimes(size - PACKAGED - 1, AT_ONCE, (n) =>
    put(n % 5 === 0 ? sampleTrigger(namespace, `trigger${n}`, n) : sampleAction(namespace, `action${n}`, n)),
  );
}
