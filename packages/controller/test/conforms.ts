import type { SchemaPart } from "@meringue/core";

/**
 * How a JSON value differs from a schema of the API's document: one complaint, or undefined when it does not. An object
 * may have no members that the schema does not name, unless it allows more. `x-or` is another schema that will do.
 */
export function difference(schema: SchemaPart, value: unknown, definitions: SchemaPart, at = "$"): string | undefined {
  const also = schema["x-or"] as SchemaPart | undefined;
  if (also !== undefined && difference(also, value, definitions, at) === undefined) return undefined;
  if (schema["x-nullable"] === true && value === null) return undefined;
  if (typeof schema["$ref"] === "string") {
    return difference(definition(definitions, schema["$ref"]), value, definitions, at);
  }
  for (const part of (schema["allOf"] ?? []) as readonly SchemaPart[]) {
    const found = difference(part, value, definitions, at);
    if (found !== undefined) return found;
  }
  const choices = schema["x-oneOf"] as readonly SchemaPart[] | undefined;
  if (choices !== undefined) {
    const found = choices.map((choice) => difference(choice, value, definitions, at));
    return found.includes(undefined) ? undefined : `${at} is none of: ${found.join("; ")}`;
  }
  return ofType(schema, value, definitions, at);
}

/** What a `$ref` refers to. @throws Error when there is no such definition. */
export function definition(definitions: SchemaPart, ref: string): SchemaPart {
  const name = ref.replace("#/definitions/", "");
  const found = definitions[name];
  if (found === undefined) throw new Error(`The document has no definition of ${name}.`);
  return found as SchemaPart;
}

function ofType(schema: SchemaPart, value: unknown, definitions: SchemaPart, at: string): string | undefined {
  const choices = schema["enum"] as readonly unknown[] | undefined;
  if (choices?.includes(value) === false) return `${at} is ${JSON.stringify(value)}, not one of ${choices.join(", ")}`;
  switch (schema["type"]) {
    case undefined:
      return undefined;
    case "array":
      if (!Array.isArray(value)) return `${at} is no array: ${JSON.stringify(value)}`;
      return first(value, (item, index) =>
        difference(schema["items"] as SchemaPart, item, definitions, `${at}[${index}]`),
      );
    case "object":
      return ofObject(schema, value, definitions, at);
    case "integer":
      if (!Number.isInteger(value)) return `${at} is no integer: ${JSON.stringify(value)}`;
      return inBounds(schema, value as number) ? undefined : `${at} is out of bounds: ${String(value)}`;
    default:
      if (typeof value !== schema["type"]) return `${at} is no ${String(schema["type"])}: ${JSON.stringify(value)}`;
      if (typeof schema["pattern"] !== "string" || new RegExp(schema["pattern"]).test(value as string))
        return undefined;
      return `${at} does not match ${schema["pattern"]}: ${JSON.stringify(value)}`;
  }
}

function inBounds(schema: SchemaPart, value: number): boolean {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  return value >= Number(minimum) && value <= Number(maximum);
}

function ofObject(schema: SchemaPart, value: unknown, definitions: SchemaPart, at: string): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return `${at} is no object: ${JSON.stringify(value)}`;
  }
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, SchemaPart>>;
  const missing = ((schema["required"] ?? []) as readonly string[]).find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${at} has no ${missing}`;
  return first(Object.entries(value), ([name, member]) => {
    const part = Object.hasOwn(properties, name) ? properties[name] : schema["additionalProperties"];
    if (part === undefined) return `${at} has ${name}, which is in no document`;
    return difference(part as SchemaPart, member, definitions, `${at}.${name}`);
  });
}

function first<T>(items: readonly T[], check: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = check(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
