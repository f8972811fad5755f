import { MalformedQuery, messages } from "@meringue/core";
import type { FastifyRequest } from "fastify";

/** The parameters of a request's query, by name. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The query of a request, not checked. */
export function queryOf(request: FastifyRequest): Query {
  return request.query as Query;
}

/** @returns the parameter's value, the first if it is given more than once. */
export function textOf(query: Query, name: string): string | undefined {
  const value = query[name];
  return typeof value === "object" ? value[0] : value;
}

/** Reads a switch: an empty one counts as absent. @throws MalformedQuery */
export function booleanOf(query: Query, name: string, byDefault: boolean): boolean {
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
