import { ACTIVATION_ID_PART, NAME_PART, type SchemaPart } from "@meringue/core";

const text = { type: "string" };

/** What each name in braces stands for, below `/namespaces`. */
const WORDS: Readonly<Record<string, SchemaPart>> = {
  namespace: { ...NAME_PART, description: "_ is the caller's own" },
  package: NAME_PART,
  name: NAME_PART,
  id: ACTIVATION_ID_PART,
};

/** A parameter of a path. Elsewhere than below `/namespaces` whatever is no name is just not there. */
export function pathParameter(name: string, path: string): SchemaPart {
  const words = path.startsWith("/namespaces/") ? (WORDS[name] ?? text) : text;
  return { name, in: "path", required: true, ...words };
}
