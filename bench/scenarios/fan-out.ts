import { manyTimes } from "../src/data-folder.ts";
import { median } from "../src/figures.ts";
import { httpCall } from "../src/http-call.ts";
import { HELLO, openPlatform, type Platform } from "../src/platform.ts";
import { settle } from "../src/proc.ts";
import type { Scenario } from "../src/scenario.ts";

const RULES = 50;
const FIRES = 7;
const AT_ONCE = 8;
const RECORDS_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** A trigger with fifty rules beside one with a single rule: the answer comes when all activations are safe on disk. */
export const fanOut: Scenario = {
  name: "fan-out",
  title: `One trigger, ${RULES} rules`,
  remote: true,
  async run(bench) {
    await using platform = await openPlatform(bench);
    const rules = bench.quick ? 5 : RULES;
    await prepare(platform, "one", 1);
    await prepare(platform, "many", rules);
    for (const trigger of ["one", "many"]) await fire(platform, trigger);
    const [one, many]: [number[], number[]] = [[], []];
    for (let round = 0; round < bench.rounds; round++) {
      const [single, fanned]: [number[], number[]] = [[], []];
      for (let time = 0; time < (bench.quick ? 1 : FIRES); time++) {
        await settle(bench, platform.pid);
        single.push(await fire(platform, "one"));
        await settle(bench, platform.pid);
        fanned.push(await fire(platform, "many"));
      }
      one.push(median(single));
      many.push(median(fanned));
    }
    const fires = 1 + bench.rounds * (bench.quick ? 1 : FIRES);
    const missing = fires * rules - (await recordsOf(platform, "on_many", fires * rules));
    const ratio = many.map((ms, round) => ms / (one[round] ?? Number.NaN));
    return [
      { goal: "fan", what: `${rules} rules: fire to answer, multiple of one rule's`, unit: "×", values: ratio },
      { what: "one rule: fire to answer", unit: "ms", values: one },
      { what: `${rules} rules: fire to answer, all accepted on disk`, unit: "ms", values: many },
      { goal: "none", what: `activations missing of ${fires * rules}`, unit: "", values: [missing] },
    ];
  },
};

async function prepare(platform: Platform, trigger: string, rules: number): Promise<void> {
  await platform.put(`on_${trigger}`, HELLO);
  const { named } = platform;
  await platform.call("PUT", `/triggers/${named(trigger)}?overwrite=true`, {});
  await manyTimes(rules, AT_ONCE, async (n) => {
    const rule = { trigger: `/_/${named(trigger)}`, action: `/_/${named(`on_${trigger}`)}` };
    await platform.call("PUT", `/rules/${named(`${trigger}_${n}`)}?overwrite=true`, rule);
  });
}

/** @returns milliseconds until the answer. */
async function fire({ origin, headers, named }: Platform, trigger: string): Promise<number> {
  const answer = await httpCall(`${origin}/api/v1/namespaces/_/triggers/${named(trigger)}`, {
    method: "POST",
    headers,
    body: "{}",
  });
  if (answer.status !== 202) throw new Error(`the trigger answered ${answer.status} ${answer.text}`);
  return answer.ms;
}

/** Waits until there are as many records of an action as expected. @returns how many there are. */
async function recordsOf(platform: Platform, action: string, expected: number): Promise<number> {
  for (const giveUpAt = performance.now() + RECORDS_TIMEOUT_MS; ; ) {
    const found = (await platform.call("GET", `/activations?name=${platform.named(action)}&count=true`)) as {
      activations: number;
    };
    if (found.activations >= expected || performance.now() > giveUpAt) return found.activations;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
