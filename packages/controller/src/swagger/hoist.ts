import { isDeepStrictEqual } from "node:util";
import type { SchemaPart } from "@meringue/core";

type Value = SchemaPart[string];

/**
 * Takes every part that has a title out of a description, and leaves a reference to a definition of that name.
 * @throws Error when two different parts have one title.
 */
export function hoist(root: SchemaPart): { readonly part: SchemaPart; readonly definitions: SchemaPart } {
  const definitions: Record<string, SchemaPart> = {};

  function visit(value: Value): Value {
    if (Array.isArray(value)) return value.map((item) => visit(item as Value) as string);
    if (typeof value !== "object") return value;
    const { title, ...rest } = value as SchemaPart;
    if (typeof title !== "string") return visitMembers(value as SchemaPart);
    const definition = visitMembers(rest);
    const known = definitions[title];
    if (known !== undefined && !isDeepStrictEqual(known, definition)) {
      throw new Error(`The API's document has two definitions of ${title}.`);
    }
    definitions[title] = definition;
    return { $ref: `#/definitions/${title}` };
  }

  function visitMembers(part: SchemaPart): SchemaPart {
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, visit(value)]));
  }

  const part = visitMembers(root);
  return { part, definitions };
}
