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
import { asksForEvents } from "../accept.ts";
import { sendJson } from "../answer.ts";
import { countAnswer, listParameters, readListQuery } from "../list-query.ts";
import { namespaceOf } from "../path.ts";
import { flagParameter, parameter, type QueryParameter, queryOf } from "../query.ts";
import { type Route, withSlash } from "../route.ts";
import type { ActivationTails } from "../tail/activation-tails.ts";

const LISTED = "Newest first; records with docs=true. As text/event-stream: what activations print, and those that end";

const docs = flagParameter("docs", false, "whole records");
const filter = { type: "string", format: "action-filter", description: "only of this action, or package/action" };
const name = parameter("name", filter, readName);
const since = epoch("since", "started then or later, in epoch milliseconds");
const upto = epoch("upto", "started then or earlier, in epoch milliseconds");

/**
 * GET /namespaces/:namespace/activations: summaries (`docs=true`: records) by name and time, or how many there are. Who
 * accepts `text/event-stream` gets what happens from now on instead, by name only.
 */
export function listActivationsRoute(
  activations: ListActivations,
  tails: ActivationTails,
  limits: SystemLimits,
): Route {
  const list = listParameters("activations", limits);
  return {
    method: "GET",
    urls: withSlash("/api/v1/namespaces/:namespace/activations"),
    operation: {
      tag: "Activations",
      summary: "Activations of a namespace",
      query: [...Object.values(list), docs, name, since, upto],
      answers: { 200: { says: LISTED, shape: "ListedActivation", list: true } },
      failures: [400, 403, 429],
      produces: ["application/json", "text/event-stream"],
    },
    async handle(request, reply) {
      const namespace = namespaceOf(request);
      requireOwner(request.identity, namespace, namespace);
      const query = queryOf(request);
      if (asksForEvents(request.headers.accept)) {
        return tails.open(request, reply, { namespace, ...name.read(query) });
      }
      const { page, count } = readListQuery(query, list);
      const records = docs.read(query);
      const wanted = { namespace, ...name.read(query), ...since.read(query), ...upto.read(query) };
      if (count && records) throw new BadRequest(messages.docsWithCount);
      if (count) sendJson(request, reply, 200, countAnswer("activations", await activations.count(wanted), page));
      else sendJson(request, reply, 200, await activations.list(wanted, page, records));
    },
  };
}

/** The path of an action inside its namespace; blank means any. */
function readName(text: string | undefined): { readonly name?: string } {
  if (text === undefined || text.trim() === "") return {};
  const parts = splitPath(text);
  if (parts.length === 0 || parts.length > 2 || !parts.every(isEntityName)) {
    throw new MalformedQuery("name", messages.nameFilterMalformed(text));
  }
  return { name: parts.join("/") };
}

function epoch<K extends "since" | "upto">(
  key: K,
  description: string,
): QueryParameter<{ readonly [key in K]?: number }> {
  return parameter(key, { type: "integer", format: "int64", description }, (text) => {
    if (text === undefined) return {};
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(Math.abs(value) < 2 ** 63)) throw new MalformedQuery(key, messages.epochMalformed(text));
    return { [key]: value } as { readonly [key in K]?: number };
  });
}
