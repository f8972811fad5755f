import { MalformedQuery, messages, type Page, type SystemLimits } from "@meringue/core";
import { booleanOf, parseInt32, type Query, textOf } from "./query.ts";

/** Which part of a listing is asked for. */
export interface ListQuery {
  readonly page: Page;
  /** Only how many there are beyond `skip`. */
  readonly count: boolean;
}

/** Reads `skip`, `limit` and `count`, in the order in which complaints win. @throws MalformedQuery */
export function readListQuery(query: Query, collection: string, limits: SystemLimits): ListQuery {
  const skip = readSkip(textOf(query, "skip"), collection);
  const limit = readLimit(textOf(query, "limit"), collection, limits);
  return { page: { skip, limit }, count: booleanOf(query, "count", false) };
}

function readSkip(text: string | undefined, collection: string): number {
  if (text === undefined) return 0;
  const skip = parseInt32(text);
  if (skip === undefined) throw new MalformedQuery("skip", messages.notAnInteger(text, collection));
  if (skip < 0) throw new MalformedQuery("skip", messages.skipOutOfRange(String(skip), collection));
  return skip;
}

function readLimit(text: string | undefined, collection: string, { listDefault, listMax }: SystemLimits): number {
  if (text === undefined) return listDefault;
  const limit = parseInt32(text);
  if (limit === undefined) throw new MalformedQuery("limit", messages.notAnInteger(text, collection));
  if (limit < 0 || limit > listMax) {
    throw new MalformedQuery("limit", messages.limitOutOfRange(String(limit), listMax, collection));
  }
  return limit === 0 ? listMax : limit;
}

/** The answer to `count=true`: what is left of all there are. */
export function countAnswer(collection: string, total: number, { skip }: Page): Record<string, number> {
  return { [collection]: Math.max(0, total - skip) };
}
