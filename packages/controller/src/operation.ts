import type { Schema } from "@meringue/core";
import type { QueryParameter } from "./query.ts";
import type { ShapeName } from "./swagger/shapes.ts";

/** What one call is, for the API's document. Plain data: whatever is more than that is made when the document is. */
export interface Operation {
  /** Section of the document. */
  readonly tag: string;
  readonly summary: string;
  /** All parameters that the call reads of its query. */
  readonly query?: readonly QueryParameter<unknown>[];
  /** The body, by the schema that it is read with. */
  readonly body?: {
    readonly name: string;
    readonly schema: Pick<Schema<unknown>, "describe">;
    readonly required: boolean;
  };
  /** What it answers when it goes well, or as well as the action does, by status. */
  readonly answers: Readonly<Record<number, GoodAnswer>>;
  /** The statuses of its refusals, beside those that any call may answer. */
  readonly failures?: readonly FailureStatus[];
  /** Types of its answers, when they are not JSON. */
  readonly produces?: readonly string[];
}

/** A refusal that a document explains. */
export type FailureStatus = 400 | 401 | 403 | 404 | 406 | 409 | 413 | 415 | 422 | 429 | 501 | 502 | 503;

/** An answer: what it is, and the shape of its body where it is JSON. */
export interface GoodAnswer {
  readonly says: string;
  readonly shape?: ShapeName;
  /** Whether it is a list of such; with `count=true` it is then how many, under the name of the collection. */
  readonly list?: true;
  /** Whether it may be any other JSON, too: then `says` tells when. */
  readonly orAny?: true;
}

/** The statuses that a call about one entity refuses with. */
export const ENTITY_FAILURES: readonly FailureStatus[] = [400, 403, 404, 409];
/** Those of a call that also takes a body. */
export const WRITE_FAILURES: readonly FailureStatus[] = [...ENTITY_FAILURES, 413, 415];
