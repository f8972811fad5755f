import type { PathParams } from "./exchange.ts";
import type { Route } from "./route.ts";

/** Finds what serves a request. */
export interface Router {
  /**
   * @param path of a URL, without its query.
   * @returns undefined when there is no such route.
   * @throws URIError when it is not correctly percent-encoded.
   */
  find(method: string, path: string): Found | undefined;
}

export interface Found {
  readonly route: Route;
  readonly params: PathParams;
}

/** One step of a path. */
interface Segment {
  readonly literal: Map<string, Segment>;
  /** The step that takes any segment. Names of one step differ from route to route: see `Leaf`. */
  any: Segment | undefined;
  /** Routes that end here, by method. */
  readonly ends: Map<string, Leaf>;
  /** Routes that take whatever follows (`/*`), by method. */
  readonly rests: Map<string, Leaf>;
}

interface Leaf {
  readonly route: Route;
  /** Name of each segment that is no literal, in order. */
  readonly names: readonly string[];
}

/**
 * Routes by path: `/a/:name/b`, with a `*` at the end for whatever follows. A literal segment is preferred to a named one,
 * and both to a rest. A named segment may be empty.
 */
export function router(routes: readonly Route[]): Router {
  const root = segment();
  for (const route of routes) for (const url of route.urls) add(root, route, url);
  return {
    find(method, path) {
      const split = path.split("/");
      const texts = path.includes("%") ? split.map(decodeURIComponent) : split;
      const named: string[] = [];
      const leaf = descend(root, method, texts, 1, named);
      return leaf && { route: leaf.route, params: paramsOf(leaf.names, named) };
    },
  };
}

function segment(): Segment {
  return { literal: new Map(), any: undefined, ends: new Map(), rests: new Map() };
}

function add(root: Segment, route: Route, url: string): void {
  const names: string[] = [];
  let at = root;
  for (const text of url.split("/").slice(1)) {
    if (text === "*") {
      at.rests.set(route.method, { route, names });
      return;
    }
    if (text.startsWith(":")) {
      names.push(text.slice(1));
      at = at.any ??= segment();
      continue;
    }
    let next = at.literal.get(text);
    if (next === undefined) at.literal.set(text, (next = segment()));
    at = next;
  }
  at.ends.set(route.method, { route, names });
}

/** @param named collects the texts of named segments, of the way that was found. */
function descend(at: Segment, method: string, texts: string[], index: number, named: string[]): Leaf | undefined {
  if (index === texts.length) return at.ends.get(method);
  const text = texts[index] ?? "";
  const literal = at.literal.get(text);
  const found = literal && descend(literal, method, texts, index + 1, named);
  if (found !== undefined) return found;
  if (at.any !== undefined) {
    named.push(text);
    const deeper = descend(at.any, method, texts, index + 1, named);
    if (deeper !== undefined) return deeper;
    named.pop();
  }
  return at.rests.get(method);
}

function paramsOf(names: readonly string[], texts: readonly string[]): PathParams {
  const params: Record<string, string> = {};
  for (let index = 0; index < names.length; index++) params[names[index] ?? ""] = texts[index] ?? "";
  return params;
}
