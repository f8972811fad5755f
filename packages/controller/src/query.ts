import { MalformedQuery, messages, type SchemaPart } from "@meringue/core";
import type { ApiRequest } from "./exchange.ts";
import type { Query } from "./query-fields.ts";

/** The query of a request, not checked. */
export function queryOf(request: ApiRequest): Query {
  return request.query;
}

/**
 * A parameter that a call takes: how it is read, and what the document says of it. A call lists its own in its
 * `operation`, and has no other way to read one.
 */
export interface QueryParameter<T> {
  readonly name: string;
  /** @throws MalformedQuery */
  readonly read: (query: Query) => T;
  /** Type, bounds and description, in the words of Swagger 2.0. */
  readonly words: SchemaPart;
}

/** A parameter that is read from its text. @param read gets undefined when there is none. @throws what `read` throws. */
export function parameter<T>(
  name: string,
  words: SchemaPart,
  read: (text: string | undefined) => T,
): QueryParameter<T> {
  return { name, words, read: (query) => read(textOf(query, name)) };
}

/** A switch. */
export function flagParameter(name: string, byDefault: boolean, description: string): QueryParameter<boolean> {
  return {
    name,
    words: { type: "boolean", default: byDefault, description },
    read: (query) => booleanOf(query, name, byDefault),
  };
}

/** @returns the parameter's value, the first if it is given more than once. */
function textOf(query: Query, name: string): string | undefined {
  const value = query[name];
  return typeof value === "object" ? value[0] : value;
}

/** Reads a switch: an empty one counts as absent. @throws MalformedQuery */
function booleanOf(query: Query, name: string, byDefault: boolean): boolean {
  const value = textOf(query, name);
  if (value === undefined || value === "") return byDefault;
  switch (value.toLowerCase()) {
    case "true":
    case "yes":
    case "on":
    case "1":
      return true;
    case "false":
    case "no":
    case "off":
    case "0":
      return false;
    default:
      throw new MalformedQuery(name, messages.notABoolean(value));
  }
}

const INTEGER = /^[+-]?\d+$/;

/** @returns the 32 bit integer that a text is, undefined when it is none. */
export function parseInt32(text: string): number | undefined {
  const value = INTEGER.test(text) ? Number(text) : Number.NaN;
  return value >= -(2 ** 31) && value < 2 ** 31 ? value : undefined;
}
