import { MalformedQuery, messages, type Page, type SystemLimits } from "@meringue/core";
import { flagParameter, parameter, parseInt32, type QueryParameter } from "./query.ts";
import type { Query } from "./query-fields.ts";

/** Which part of a listing is asked for. */
export interface ListQuery {
  readonly page: Page;
  /** Only how many there are beyond `skip`. */
  readonly count: boolean;
}

/** What every list takes, in the order in which complaints win. */
export interface ListParameters {
  readonly skip: QueryParameter<number>;
  readonly limit: QueryParameter<number>;
  readonly count: QueryParameter<boolean>;
}

/** The parameters of one list. @param collection as complaints name it, such as `actions`. */
export function listParameters(collection: string, { listDefault, listMax }: SystemLimits): ListParameters {
  const int32 = { type: "integer", format: "int32" };
  const skipped = { ...int32, minimum: 0, default: 0, description: "rows to leave out at the beginning" };
  const rows = `rows at most; 0 means ${listMax}`;
  const shown = { ...int32, minimum: 0, maximum: listMax, default: listDefault, description: rows };
  return {
    skip: parameter("skip", skipped, (text) => readSkip(text, collection)),
    limit: parameter("limit", shown, (text) => readLimit(text, collection, listDefault, listMax)),
    count: flagParameter("count", false, "only tell how many there are"),
  };
}

/** Reads `skip`, `limit` and `count`. @throws MalformedQuery */
export function readListQuery(query: Query, { skip, limit, count }: ListParameters): ListQuery {
  return { page: { skip: skip.read(query), limit: limit.read(query) }, count: count.read(query) };
}

function readSkip(text: string | undefined, collection: string): number {
  if (text === undefined) return 0;
  const skip = parseInt32(text);
  if (skip === undefined) throw new MalformedQuery("skip", messages.notAnInteger(text, collection));
  if (skip < 0) throw new MalformedQuery("skip", messages.skipOutOfRange(String(skip), collection));
  return skip;
}

function readLimit(text: string | undefined, collection: string, byDefault: number, max: number): number {
  if (text === undefined) return byDefault;
  const limit = parseInt32(text);
  if (limit === undefined) throw new MalformedQuery("limit", messages.notAnInteger(text, collection));
  if (limit < 0 || limit > max) {
    throw new MalformedQuery("limit", messages.limitOutOfRange(String(limit), max, collection));
  }
  return limit === 0 ? max : limit;
}

/** The answer to `count=true`: what is left of all there are. */
export function countAnswer(collection: string, total: number, { skip }: Page): Record<string, number> {
  return { [collection]: Math.max(0, total - skip) };
}
