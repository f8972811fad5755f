import fc from "fast-check";
import { describe, test } from "vitest";
import { programWorld } from "../../test/program-world.ts";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";

/** An action of a random program: what it is, not how it is run. */
type Part =
  | { readonly is: "missing" }
  | { readonly is: "adds"; readonly n: number }
  | { readonly is: "refuses" }
  | { readonly is: "lists" }
  | { readonly is: "says nothing" }
  | { readonly is: "sequence"; readonly parts: readonly Part[] }
  | { readonly is: "conductor"; readonly parts: readonly Part[] };

const LIMIT = 6;

const { part } = fc.letrec<{ part: Part }>((tie) => ({
  part: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.nat(9).map((n): Part => ({ is: "adds", n })),
    fc
      .constantFrom("missing" as const, "refuses" as const, "lists" as const, "says nothing" as const)
      .map((is): Part => ({ is })),
    fc.array(tie("part"), { maxLength: 4 }).map((parts): Part => ({ is: "sequence", parts })),
    fc.array(tie("part"), { maxLength: 4 }).map((parts): Part => ({ is: "conductor", parts })),
  ),
}));
const program = fc
  .constantFrom("sequence" as const, "conductor" as const)
  .chain((is) => fc.array(part, { maxLength: 5 }).map((parts) => ({ is, parts })));

/** What a simple action returns. */
function returned(part: Part, args: Json): Json | undefined {
  const n = isJsonObject(args) && typeof args["n"] === "number" ? args["n"] : 0;
  if (part.is === "adds") return { n: n + part.n };
  if (part.is === "refuses") return { error: "refused" };
  return part.is === "lists" ? [n] : undefined;
}

/** What a conductor returns that runs parts in order, one a turn, and ends with what it is given, errors included. */
function directed(paths: readonly string[], args: JsonObject): JsonObject {
  const { step, ...rest } = args;
  const next = typeof step === "number" ? step : 0;
  const path = paths[next];
  if ("error" in rest || path === undefined) return rest;
  return { action: path, params: rest, state: { step: next + 1 } };
}

/** Builds a program in a world, giving names to its parts as it goes. */
async function build(world: ReturnType<typeof programWorld>, top: Part): Promise<string> {
  let count = 0;
  const place = async (part: Part): Promise<string> => {
    const name = `p${count++}`;
    if (part.is === "sequence" || part.is === "conductor") {
      const names: string[] = [];
      for (const each of part.parts) names.push(await place(each));
      if (part.is === "sequence") await world.sequence(name, names);
      else await world.conductor(name, (args) => directed(names, args as JsonObject));
    } else if (part.is !== "missing") {
      await world.define(name, (args) => returned(part, args));
    }
    return name;
  };
  return await place(top);
}

/** What is expected of a run: how it ends, and which activations there are below it. */
interface Expected {
  readonly statusCode: number;
  readonly result: Json | undefined;
  /** One for each direct component: what it encloses itself. */
  readonly below: readonly Below[];
}
type Below = readonly Below[];

const error = (statusCode: number, text: string) => ({ statusCode, result: { error: text } });
const isError = (result: Json | undefined): boolean => isJsonObject(result) && "error" in result;

/** The rules, written down once more as plainly as can be: no time, no records, no ports. */
function interpret(top: Part & { readonly is: "sequence" | "conductor" }, input: JsonObject): Expected {
  let count = 0;
  const names = new Map<Part, string>();
  const name = (part: Part): void => {
    names.set(part, `p${count++}`);
    if ("parts" in part) part.parts.forEach(name);
  };
  name(top);

  function simple(part: Part, payload: Json | undefined): Expected {
    const result = returned(part, payload ?? {});
    return { statusCode: isError(result) ? 1 : 0, result, below: [] };
  }

  function sequence(parts: readonly Part[], payload: Json | undefined, counter: { atoms: number }): Expected {
    const below: Below[] = [];
    let last: Pick<Expected, "statusCode" | "result"> = { statusCode: 0, result: payload };
    for (const part of parts) {
      if (counter.atoms >= LIMIT) return { ...error(1, "Too many actions in the sequence."), below };
      if (part.is === "missing") return { ...error(1, "Sequence component does not exist."), below };
      const passed = isJsonObject(last.result) || Array.isArray(last.result) ? last.result : undefined;
      let step: Expected;
      if (part.is === "sequence") {
        step = sequence(part.parts, passed, counter);
      } else {
        step =
          part.is === "conductor" ? composition(part, passed, { components: 0, conductors: 0 }) : simple(part, passed);
        counter.atoms++;
      }
      below.push(step.below);
      last = step;
      if (isError(step.result)) break;
    }
    return { ...last, below };
  }

  function composition(
    conductor: Part & { readonly parts: readonly Part[] },
    payload: Json | undefined,
    counts: { components: number; conductors: number },
  ): Expected {
    const below: Below[] = [];
    const paths = conductor.parts.map((part) => names.get(part) ?? "");
    let state: JsonObject = {};
    let given: JsonObject = isJsonObject(payload) ? payload : {};
    for (;;) {
      if (counts.conductors > 2 * LIMIT) return { ...error(1, "Too many actions in the composition."), below };
      counts.conductors++;
      below.push([]);
      const wanted = directed(paths, { ...given, ...state });
      if (!("action" in wanted)) return { statusCode: isError(wanted) ? 1 : 0, result: wanted, below };
      state = wanted["state"] as JsonObject;
      const params = wanted["params"] as JsonObject;
      const part = conductor.parts[(state["step"] as number) - 1] as Part;
      const unresolved = { error: `Failed to resolve action with name 'guest/${names.get(part)}' during composition.` };
      if (counts.components >= LIMIT) given = { error: "Too many actions in the composition." };
      else if (part.is === "missing") given = unresolved;
      else {
        if (part.is !== "conductor") counts.components++;
        let step: Expected;
        if (part.is === "conductor") step = composition(part, params, counts);
        else if (part.is === "sequence") step = sequence(part.parts, params, { atoms: 0 });
        else step = simple(part, params);
        below.push(step.below);
        given = isJsonObject(step.result) ? step.result : unresolved;
      }
    }
  }
  return top.is === "sequence"
    ? sequence(top.parts, input, { atoms: 0 })
    : composition(top, input, { components: 0, conductors: 0 });
}

describe("any program of sequences and conductors", () => {
  test("does what the rules say, and leaves a record of every part that ran", async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(program, fc.constantFrom<JsonObject>({}, { n: 1 }, { error: "given" }), async (top, input) => {
        const world = programWorld({ limits: { sequenceLength: LIMIT } });
        const record = await world.run(await build(world, top), input);
        const expected = interpret(top, input);
        const { statusCode, result } = record.response;
        expect({ statusCode, result }).toEqual({ statusCode: expected.statusCode, result: expected.result });

        let activations = 0;
        const check = async (id: string, below: Below, cause: string | undefined): Promise<number> => {
          activations++;
          const found = await world.recordOf(id);
          expect(found?.cause).toBe(cause);
          const encloses = found?.annotations.some(({ key }) => key === "topmost");
          expect(found?.logs.length).toBe(below.length);
          const parts = await Promise.all(below.map((each, index) => check(found?.logs[index] ?? "", each, id)));
          const took = encloses ? parts.reduce((sum, ms) => sum + ms, 0) : found?.duration;
          expect(found?.duration).toBe(took);
          return took ?? 0;
        };
        await check(record.activationId, expected.below, undefined);
        expect(await world.activations.count({ namespace: "guest" })).toBe(activations);
        expect(world.warnings).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
