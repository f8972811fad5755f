import { MalformedContent } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import type { SystemLimits } from "./limits.ts";
import type { Manifest } from "./manifest.ts";

/** A part of a JSON schema, in the words that Swagger 2.0 has for it (`x-` words are for who knows them). */
export interface SchemaPart {
  readonly [word: string]: SchemaPart | string | number | boolean | readonly (SchemaPart | string | number | boolean)[];
}

/** What a description depends on beside the schema: the bounds and the kinds that a deployment has. */
export interface Deployment {
  readonly limits: SystemLimits;
  readonly manifest: Manifest;
}

/**
 * What a body takes at some place. The one description of it: requests are read with it, and the API's document shows
 * what it says of itself, so that the two cannot part.
 */
export interface Schema<T, C = unknown> {
  /** @throws MalformedContent in the words of the wire. */
  readonly read: (json: Json, context: C) => T;
  /** A definition of its own when it has a `title`, which is then its name. Made only when the document is asked for. */
  readonly describe: (deployment: Deployment) => SchemaPart;
}

/** One member of an object: the schema of its value, and what its absence means. */
export interface Member<T, C = unknown, R extends boolean = boolean> {
  /** `json` is undefined when the object does not have it. @returns undefined for what counts as absent. */
  readonly read: (json: Json | undefined, context: C) => T | undefined;
  readonly describe: (deployment: Deployment) => SchemaPart;
  readonly required: R;
}

/** A member that must be there. @param missing the complaint, if there is one of its own for its absence. */
export function required<T, C>(schema: Schema<T, C>, missing: string): Member<T, C, true> {
  return {
    ...schema,
    required: true,
    read(json, context) {
      if (json === undefined) throw new MalformedContent(missing);
      return schema.read(json, context);
    },
  };
}

/** A member that may be left out; null is a value like any other. */
export function optional<T, C>(schema: Schema<T, C>): Member<T, C, false> {
  return {
    ...schema,
    required: false,
    read: (json, context) => (json === undefined ? undefined : schema.read(json, context)),
  };
}

/** A member that may be left out, null being as good as that. */
export function nullable<T, C>(schema: Schema<T, C>): Member<T, C, false> {
  return {
    required: false,
    read: (json, context) => ((json ?? null) === null ? undefined : schema.read(json as Json, context)),
    describe: (deployment) => adding({ "x-nullable": true }, schema.describe(deployment)),
  };
}

/** The members of an object by name, in the order in which complaints win. */
export type Members = Readonly<Record<string, Member<unknown, never>>>;

type ValueOf<M> = M extends Member<infer T, never> ? Exclude<T, undefined> : never;
type ContextOf<M extends Members> = {
  [K in keyof M]: (context: Parameters<M[K]["read"]>[1]) => void;
}[keyof M] extends (context: infer C) => void
  ? C
  : never;

/** What is read of an object: what its members are, those that count as absent left out. */
export type ReadOf<M extends Members> = {
  readonly [K in keyof M as M[K]["required"] extends true ? K : never]: ValueOf<M[K]>;
} & { readonly [K in keyof M as M[K]["required"] extends true ? never : K]?: ValueOf<M[K]> };

/** Reads the members of an object; what it has beyond them is ignored. @throws MalformedContent */
export function readMembers<M extends Members>(members: M, body: JsonObject, context: ContextOf<M>): ReadOf<M> {
  const found: Record<string, unknown> = {};
  for (const name in members) {
    const json = Object.hasOwn(body, name) ? body[name] : undefined;
    // ContextOf is what every member takes; only a table of any members does not know that.
    const value = members[name]?.read(json, context as never);
    if (value !== undefined) found[name] = value;
  }
  return found as ReadOf<M>;
}

/** An object with these members. @param title name of its definition. @param complaint about any other JSON. */
export function objectOf<M extends Members>(
  title: string,
  members: M,
  complaint: string,
): Schema<ReadOf<M>, ContextOf<M>> {
  return {
    read(json, context) {
      if (!isJsonObject(json)) throw new MalformedContent(complaint);
      return readMembers(members, json, context);
    },
    describe: (deployment) => describeObject(title, members, deployment),
  };
}

/** What {@link objectOf} says of itself. */
export function describeObject(title: string, members: Members, deployment: Deployment): SchemaPart {
  const names = Object.keys(members);
  const needed = names.filter((name) => members[name]?.required);
  return {
    title,
    type: "object",
    ...(needed.length === 0 ? {} : { required: needed }),
    properties: Object.fromEntries(names.map((name) => [name, members[name]?.describe(deployment) ?? {}])),
  };
}

/**
 * An object whose members depend on one of them. Swagger 2.0 has no words for that: it shows all members that there may
 * be, and the variants as `x-oneOf`.
 */
export function describeVariants(title: string, by: string, all: readonly SchemaPart[]): SchemaPart {
  const variants = all.filter((variant) => wordsOf(variant, by).length > 0);
  const properties: Record<string, SchemaPart> = {};
  for (const variant of variants) Object.assign(properties, variant["properties"]);
  const words = variants.flatMap((variant) => wordsOf(variant, by));
  return {
    title,
    type: "object",
    required: [by],
    properties: { ...properties, [by]: { type: "string", enum: words } },
    "x-oneOf": variants,
  };
}

function wordsOf({ properties }: SchemaPart, by: string): readonly string[] {
  const member = (properties as Readonly<Record<string, SchemaPart>>)[by];
  return (member?.["enum"] ?? []) as readonly string[];
}

/** A list. @param complaint about what is none. */
export function arrayOf<T, C>(item: Schema<T, C>, complaint: (json: Json) => string): Schema<T[], C> {
  return {
    read(json, context) {
      if (!Array.isArray(json)) throw new MalformedContent(complaint(json));
      return json.map((each) => item.read(each, context));
    },
    describe: (deployment) => ({ type: "array", items: item.describe(deployment) }),
  };
}

/** A text. @param words more about it. */
export function text(complaint: (json: Json) => string, words: SchemaPart = {}): Schema<string> {
  return {
    read(json) {
      if (typeof json !== "string") throw new MalformedContent(complaint(json));
      return json;
    },
    describe: () => ({ type: "string", ...words }),
  };
}

/** True or false. */
export function flag(complaint: (json: Json) => string, words: SchemaPart = {}): Schema<boolean> {
  return {
    read(json) {
      if (typeof json !== "boolean") throw new MalformedContent(complaint(json));
      return json;
    },
    describe: () => ({ type: "boolean", ...words }),
  };
}

/** Any JSON. */
export const anything: Schema<Json> = {
  read: (json) => json,
  describe: () => ({ description: "any JSON value" }),
};

/** The same schema, which tells more of itself. */
export function saying<T, C>(words: SchemaPart, schema: Schema<T, C>): Schema<T, C> {
  return { read: schema.read, describe: (deployment) => adding(words, schema.describe(deployment)) };
}

/** A part with more words; a definition keeps its own. */
export function adding(words: SchemaPart, part: SchemaPart): SchemaPart {
  return "title" in part ? { allOf: [part], ...words } : { ...part, ...words };
}
