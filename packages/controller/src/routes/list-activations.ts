import {
  BadRequest,
  isEntityName,
  type ListActivations,
  MalformedQuery,
  messages,
  requireOwner,
  type SystemLimits,
  splitPath,
} from "@meringue/core";
import { sendJson } from "../answer.ts";
import { countAnswer, readListQuery } from "../list-query.ts";
import { namespaceOf } from "../path.ts";
import { booleanOf, type Query, queryOf, textOf } from "../query.ts";
import { type Route, withSlash } from "../route.ts";

/** GET /namespaces/:namespace/activations: summaries (`docs=true`: records) by name and time, or how many there are. */
export function listActivationsRoute(activations: ListActivations, limits: SystemLimits): Route {
  return {
    method: "GET",
    urls: withSlash("/api/v1/namespaces/:namespace/activations"),
    async handle(request, reply) {
      const namespace = namespaceOf(request);
      requireOwner(request.identity, namespace, namespace);
      const query = queryOf(request);
      const { page, count } = readListQuery(query, "activations", limits);
      const docs = booleanOf(query, "docs", false);
      const wanted = { namespace, ...readName(query), ...readEpoch(query, "since"), ...readEpoch(query, "upto") };
      if (count && docs) throw new BadRequest(messages.docsWithCount);
      if (count) sendJson(request, reply, 200, countAnswer("activations", await activations.count(wanted), page));
      else sendJson(request, reply, 200, await activations.list(wanted, page, docs));
    },
  };
}

/** The path of an action inside its namespace; blank means any. */
function readName(query: Query): { readonly name?: string } {
  const text = textOf(query, "name");
  if (text === undefined || text.trim() === "") return {};
  const parts = splitPath(text);
  if (parts.length === 0 || parts.length > 2 || !parts.every(isEntityName)) {
    throw new MalformedQuery("name", messages.nameFilterMalformed(text));
  }
  return { name: parts.join("/") };
}

function readEpoch<K extends "since" | "upto">(query: Query, key: K): { readonly [key in K]?: number } {
  const text = textOf(query, key);
  if (text === undefined) return {};
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(Math.abs(value) < 2 ** 63)) throw new MalformedQuery(key, messages.epochMalformed(text));
  return { [key]: value } as { readonly [key in K]?: number };
}
