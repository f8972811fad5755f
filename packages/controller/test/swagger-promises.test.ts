import type { Json, SchemaPart } from "@meringue/core";
import { anAction, anActivation, aPackage, aRule, aTrigger } from "@meringue/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call } from "./call.ts";
import { documentsOf } from "./documented.ts";
import { type Known, type ValueMaker, valueMaker } from "./from-schema.ts";
import { REFUSALS } from "./refusals.ts";
import { named } from "./web-cases.ts";
import { basic, startWorld, type World } from "./world.ts";

const names = (of: string) =>
  fc.constantFrom<Json>(`/_/${of}`, `/guest/${of}`, `_/${of}`, { path: "_", name: of, version: "1.0.0" });
const version = fc
  .tuple(fc.integer({ min: 1, max: 99 }), fc.nat(9), fc.nat(9))
  .chain((parts) => fc.constantFrom(parts.join("."), parts.slice(0, 2).join("."), String(parts[0])));

/** What the words of the document mean that JSON schema cannot say: what is named must be there. */
const known: Known = {
  good: {
    version,
    path: fc.constantFrom("_", "guest"),
    image: fc.constantFrom("python", "ghcr.io/a/b:1", "a/b_c", "host:5000/x"),
    "action-name": names("hello"),
    "trigger-name": names("tick"),
    "action-filter": fc.constantFrom("hello", "pkg/hello"),
    Binding: fc.constantFrom<Json>({ namespace: "_", name: "pkg" }, { namespace: "guest", name: "pkg" }, {}),
  },
  bad: {
    version: ["", "0.0.0", "x", "1.x", "-1", "1..2"],
    path: ["", "/", "a/#", " a"],
    image: ["", " ", "A B", "UPPER", "a:", "a@b"],
    "action-name": ["hello", "", "/", "/a/b#", "#"],
    "trigger-name": ["tick", "", "/", "/a/b#", "#"],
    "action-filter": ["a/b/c", "#", "/", "a/#"],
  },
};

/** For what asks thousands of times, on a machine that is busy with all the other tests. */
const TIMEOUT_MS = 120_000;
const API = "/api/v1";
const ID = "0".repeat(32);
/** What is there under each collection, to be written to. */
const WRITTEN: Readonly<Record<string, string>> = {
  actions: "written",
  packages: "bound",
  triggers: "tick",
  rules: "tied",
};

/** One of each, under the names that {@link WRITTEN} and {@link known} have. */
async function furnished(): Promise<World> {
  const world = await startWorld();
  await world.store(
    anAction({ name: named("hello") }),
    anAction({ name: named("written") }),
    anAction({ namespace: "guest/pkg", name: named("written") }),
    aPackage({ name: named("pkg") }),
    aPackage({ name: named("bound"), binding: { namespace: named("guest"), name: named("pkg") } }),
    aTrigger({ name: named("tick") }),
    aRule({
      name: named("tied"),
      trigger: { path: "guest", name: "tick" },
      action: { path: "guest", name: "hello" },
    }),
  );
  await world.deps.activations.put(anActivation({ namespace: "guest", activationId: ID }));
  return world;
}

interface DocumentedCall {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly SchemaPart[];
}

let world: World;
let definitions: SchemaPart;
let calls: readonly DocumentedCall[];
let maker: ValueMaker;

beforeAll(async () => {
  world = await furnished();
  const document = documentsOf(world.deps).api;
  definitions = document["definitions"] as SchemaPart;
  maker = valueMaker(definitions, known);
  const paths = document["paths"] as Readonly<Record<string, Readonly<Record<string, SchemaPart>>>>;
  calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      parameters: operation["parameters"] as readonly SchemaPart[],
    })),
  );
});

afterAll(() => world.close());

/** A path with names of what is there. @param over other values for its parameters, by name. */
function urlOf(path: string, over: Readonly<Record<string, string>> = {}): string {
  const collection = path.split("/")[3] ?? "";
  const values: Readonly<Record<string, string>> = {
    namespace: "_",
    package: "pkg",
    name: WRITTEN[collection] ?? "x",
    id: ID,
    file: "index.html",
    ...over,
  };
  return API + path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? "x"));
}

function ask({ method }: DocumentedCall, url: string, body?: Json, at: World = world): Promise<Answer> {
  const headers = { Authorization: basic(at.guest), "Content-Type": "application/json" };
  return call(at.url, url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

function bodyOf({ parameters }: DocumentedCall): SchemaPart | undefined {
  return parameters.find((parameter) => parameter["in"] === "body")?.["schema"] as SchemaPart | undefined;
}

const withBody = (): DocumentedCall[] => calls.filter((each) => bodyOf(each) !== undefined);

function titleOf(schema: SchemaPart): string {
  return String(schema["$ref"]).replace("#/definitions/", "");
}

function refusalAt(at: string): string | RegExp {
  const found = REFUSALS.find(([place]) => place.test(at));
  if (found === undefined) throw new Error(`Nobody has told what a wrong ${at} is refused with.`);
  return found[1];
}

function expectRefusal({ status, json }: Answer, at: string, value: string): void {
  expect([at, value, status, json["error"]]).toEqual([at, value, 400, expect.any(String)]);
  const text = String(json["error"]).replace("The request content was malformed:\n", "");
  const wanted = refusalAt(at);
  if (wanted instanceof RegExp) expect(text, `${at}: ${value}`).toMatch(wanted);
  else expect(text, `${at}: ${value}`).toBe(wanted);
}

describe("a body", () => {
  test("is told of every call that takes one", () => {
    const titles = withBody().map((each) => `${each.method} ${titleOf(bodyOf(each) ?? {})}`);
    expect([...new Set(titles)].toSorted()).toEqual([
      ...["POST Payload", "POST RuleStatus", "PUT ActionPut", "PUT PackagePut", "PUT RulePut", "PUT TriggerPut"],
    ]);
  });

  test("that the document allows is accepted", { timeout: TIMEOUT_MS }, async () => {
    for (const each of withBody()) {
      const schema = bodyOf(each) ?? {};
      await fc.assert(
        fc.asyncProperty(maker.allowed(schema), async (body) => {
          const query = each.method === "PUT" ? "?overwrite=true" : "?blocking=true";
          const { status, text } = await ask(each, urlOf(each.path) + query, body);
          expect(status, `${each.method} ${each.path} ${JSON.stringify(body)}: ${text}`).toBeLessThan(300);
        }),
        { numRuns: 40 },
      );
    }
  });

  test("that is wrong in one place is refused in the wire's words for that place", {
    timeout: TIMEOUT_MS,
  }, async () => {
    // What several calls take is read in one way: one of them will do.
    const byBody = new Map(withBody().map((each) => [titleOf(bodyOf(each) ?? {}), each]));
    for (const each of byBody.values()) {
      const schema = bodyOf(each) ?? {};
      for (const { at, value } of maker.mutants(schema, titleOf(schema))) {
        await fc.assert(
          fc.asyncProperty(value, async (body) => {
            const answer = await ask(each, `${urlOf(each.path)}?overwrite=true`, body);
            expectRefusal(answer, at, JSON.stringify(body));
          }),
          { numRuns: 8 },
        );
      }
    }
  });

  test("has no place whose refusal is told and that no document has", () => {
    const places = withBody().flatMap((each) => {
      const schema = bodyOf(each) ?? {};
      return maker.mutants(schema, titleOf(schema)).map(({ at }) => at);
    });
    expect(REFUSALS.filter(([place]) => !places.some((at) => place.test(at)))).toEqual([]);
  });
});

describe("a parameter of a query", () => {
  const queries = (each: DocumentedCall) => each.parameters.filter((parameter) => parameter["in"] === "query");

  test("is accepted with what the document allows", async () => {
    for (const each of calls) {
      for (const parameter of queries(each)) {
        for (const value of fc.sample(maker.allowed(parameter), 3)) {
          const fresh = await furnished();
          const url = `${urlOf(each.path)}?${String(parameter["name"])}=${encodeURIComponent(String(value))}`;
          const { status, text } = await ask(each, url, bodyOf(each) === undefined ? undefined : {}, fresh);
          await fresh.close();
          expect(status, `${each.method} ${url}: ${text}`).not.toBe(400);
        }
      }
    }
  });

  test("is refused by its name with anything else", async () => {
    let refused = 0;
    for (const each of calls) {
      for (const parameter of queries(each)) {
        const name = String(parameter["name"]);
        for (const value of wrongTexts(parameter)) {
          const url = `${urlOf(each.path)}?${name}=${encodeURIComponent(value)}`;
          const { status, json } = await ask(each, url, bodyOf(each) === undefined ? undefined : {});
          expect([each.method, url, status]).toEqual([each.method, url, 400]);
          expect(json["error"]).toMatch(new RegExp(`^The query parameter '${name}' was malformed:\n.*\\S`));
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

/** Texts that a parameter does not allow. */
function wrongTexts({ type, minimum, maximum, format }: SchemaPart): string[] {
  if (type === "boolean") return ["maybe", "2", "null", " "];
  if (type !== "integer") return (known.bad[String(format)] ?? []).map(String).filter((text) => text !== "");
  return [
    ...["x", "1.5", "", " 1", "9".repeat(30)],
    ...(minimum === undefined ? [] : [String(Number(minimum) - 1)]),
    ...(maximum === undefined ? [] : [String(Number(maximum) + 1)]),
  ];
}

describe("a parameter of a path", () => {
  const COMPLAINT =
    /^(The name of the entity|The namespace) contains illegal characters\.$|^(Activation id length is|The activation id is not valid)/;

  test("is refused unless it matches the document's pattern, whatever the call", async () => {
    for (const each of calls) {
      for (const { name, pattern, in: where } of each.parameters) {
        if (where !== "path" || pattern === undefined) continue;
        const matching = new RegExp(String(pattern));
        for (const value of ["x", "_", "a b", ID, "-x", "x#", " x", "x/y", "\u00e9", "A".repeat(32)]) {
          const url = urlOf(each.path, { [String(name)]: value });
          const { status, text, json } = await ask(each, url);
          const complaint = status === 400 && COMPLAINT.test(String((json as unknown) && json["error"]));
          expect([each.method, url, text, complaint]).toEqual([each.method, url, text, !matching.test(value)]);
        }
      }
    }
  });
});
