import type { Json, SchemaPart } from "@meringue/core";
import fc from "fast-check";
import { definition } from "./conforms.ts";

/** Values for parts that a schema cannot tell the whole of: by `format`, or by the name of a definition. */
export interface Known {
  readonly good: Readonly<Record<string, fc.Arbitrary<Json>>>;
  /** By `format`: what is of the right type, and refused. */
  readonly bad: Readonly<Record<string, readonly Json[]>>;
}

/** A value that a schema does not allow, and where: `ActionPut.limits.timeout`. */
export interface Mutant {
  readonly at: string;
  readonly value: fc.Arbitrary<Json>;
}

/** What makes values, good and bad ones, from the schemas of a document, as somebody would who has nothing else. */
export interface ValueMaker {
  /** Values that a schema allows. */
  allowed(schema: SchemaPart): fc.Arbitrary<Json>;
  /** For each place in a schema, values that are wrong there and nowhere else. */
  mutants(schema: SchemaPart, at: string): Mutant[];
}

const ONE_OF_EACH: readonly Json[] = [null, true, 7, 1.5, "", "x", [], [1], {}, { a: 1 }];

/** Makes {@link ValueMaker}. */
export function valueMaker(definitions: SchemaPart, known: Known): ValueMaker {
  function resolved(schema: SchemaPart): { readonly schema: SchemaPart; readonly name: string } {
    const [only] = (schema["allOf"] ?? []) as readonly SchemaPart[];
    const { $ref: ref } = only ?? schema;
    if (typeof ref !== "string") return { schema, name: "" };
    const nullable = schema["x-nullable"] === true ? { "x-nullable": true } : {};
    return { schema: { ...definition(definitions, ref), ...nullable }, name: ref.replace("#/definitions/", "") };
  }

  function allowed(part: SchemaPart): fc.Arbitrary<Json> {
    const { schema, name } = resolved(part);
    const value = known.good[name] ?? known.good[String(schema["format"])] ?? fromType(schema);
    return schema["x-nullable"] === true ? fc.oneof({ weight: 5, arbitrary: value }, fc.constant(null)) : value;
  }

  function fromType(schema: SchemaPart): fc.Arbitrary<Json> {
    const choices = schema["x-oneOf"] as readonly SchemaPart[] | undefined;
    if (choices !== undefined) {
      // A name is known in all the forms that it has.
      return known.good[String(choices[0]?.["format"])] ?? fc.oneof(...choices.map(allowed));
    }
    if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as Json[]));
    switch (schema["type"]) {
      case "object":
        return fc.record(recordOf(schema, allowed), { requiredKeys: requiredOf(schema) }) as fc.Arbitrary<Json>;
      case "array":
        return fc.array(allowed(schema["items"] as SchemaPart), {
          minLength: Number(schema["minItems"] ?? 0),
          maxLength: 3,
        });
      case "boolean":
        return fc.boolean();
      case "integer":
        return fc.integer({ min: Number(schema["minimum"] ?? 0), max: Number(schema["maximum"] ?? 2 ** 31 - 1) });
      case "string":
        return typeof schema["pattern"] === "string"
          ? fc.stringMatching(new RegExp(schema["pattern"]))
          : fc.string({ maxLength: 9 });
      default:
        return fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
    }
  }

  function mutants(part: SchemaPart, at: string): Mutant[] {
    const { schema } = resolved(part);
    const choices = schema["x-oneOf"] as readonly SchemaPart[] | undefined;
    const wrong = [...wrongTypes(schema, choices), ...wrongValues(schema, known.bad)];
    const here = wrong.length === 0 ? [] : [{ at, value: fc.constantFrom(...wrong) }];
    if (choices !== undefined) {
      return [...here, ...choices.flatMap((choice) => choiceMutants(choice, at))];
    }
    if (schema["type"] === "array") return [...here, ...itemMutants(schema, at)];
    return schema["type"] === "object" ? [...here, ...memberMutants(schema, at)] : here;
  }

  /** Of one of several: what is of another type may be one of the others. */
  function choiceMutants(choice: SchemaPart, at: string): Mutant[] {
    const { schema, name } = resolved(choice);
    const place = `${at}/${name}`;
    const wrong = wrongValues(schema, known.bad);
    const here = wrong.length === 0 ? [] : [{ at: place, value: fc.constantFrom(...wrong) }];
    return [...here, ...mutants(choice, place).filter((mutant) => mutant.at !== place)];
  }

  function itemMutants(schema: SchemaPart, at: string): Mutant[] {
    const items = schema["items"] as SchemaPart;
    const before = fc.array(allowed(items), { maxLength: 2 });
    const { minItems = 0, maxItems = 0 } = schema;
    const lengths = [...(minItems === 0 ? [] : [0]), ...(maxItems === 0 ? [] : [Number(maxItems) + 1])];
    const wrongLength = lengths.map((length) => ({
      at,
      value: fc.array(allowed(items), { minLength: length, maxLength: length }),
    }));
    const wrongItem = mutants(items, `${at}[]`).map((mutant) => ({
      at: mutant.at,
      value: fc.tuple(before, mutant.value).map(([good, bad]) => [...good, bad]),
    }));
    return [...wrongLength, ...wrongItem];
  }

  function memberMutants(schema: SchemaPart, at: string): Mutant[] {
    const needed = requiredOf(schema);
    const base = (without: string) =>
      fc.record(recordOf(schema, allowed, (name) => needed.includes(name) && name !== without)) as fc.Arbitrary<
        Record<string, Json>
      >;
    const missing = needed.map((name) => ({ at: `${at}.${name}`, value: base(name) as fc.Arbitrary<Json> }));
    const changed = Object.entries(propertiesOf(schema)).flatMap(([name, part]) =>
      mutants(part, `${at}.${name}`).map((mutant) => ({
        at: mutant.at,
        value: fc.tuple(base(name), mutant.value).map(([good, bad]): Json => ({ ...good, [name]: bad })),
      })),
    );
    return [...missing, ...changed];
  }

  return { allowed, mutants };
}

function propertiesOf(schema: SchemaPart): Readonly<Record<string, SchemaPart>> {
  return (schema["properties"] ?? {}) as Readonly<Record<string, SchemaPart>>;
}

function requiredOf(schema: SchemaPart): string[] {
  return [...((schema["required"] ?? []) as readonly string[])];
}

function recordOf(
  schema: SchemaPart,
  value: (part: SchemaPart) => fc.Arbitrary<Json>,
  wanted: (name: string) => boolean = () => true,
): Record<string, fc.Arbitrary<Json>> {
  return Object.fromEntries(
    Object.entries(propertiesOf(schema)).flatMap(([name, part]) => (wanted(name) ? [[name, value(part)]] : [])),
  );
}

function wrongTypes(schema: SchemaPart, choices: readonly SchemaPart[] | undefined): Json[] {
  if (schema["type"] === undefined && choices === undefined) return [];
  // Where there are variants, they are texts or objects.
  const types = schema["type"] === undefined ? ["string", "object"] : [schema["type"]];
  return ONE_OF_EACH.filter((value) => {
    if (value === null) return schema["x-nullable"] !== true;
    return !types.includes(typeOf(value));
  });
}

function typeOf(value: Json): string {
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function wrongValues(schema: SchemaPart, bad: Known["bad"]): readonly Json[] {
  const { minimum, maximum, pattern, format } = schema;
  if (Array.isArray(schema["enum"])) return ["zzz", "", " "];
  return [
    ...(typeof minimum === "number" ? [minimum - 1, -1_000_000] : []),
    ...(typeof maximum === "number" ? [maximum + 1, 2 ** 40] : []),
    ...(typeof pattern === "string"
      ? ["", "a/b", "-x", "x#", " x"].filter((value) => !new RegExp(pattern).test(value))
      : []),
    ...(typeof format === "string" ? (bad[format] ?? []) : []),
  ];
}
