import type { Json } from "./json.ts";

/** A parameter or an annotation. */
export interface KeyValue {
  readonly key: string;
  readonly value: Json;
  /** Goes to the action's environment at initialization instead of its arguments. Present only when true. */
  readonly init?: true;
  /** The cipher under which `value` is stored. */
  readonly encryption?: string;
}
