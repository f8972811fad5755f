import type { InFlight } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { type Route, withSlash } from "../route.ts";

/** GET /activation and /activation/count: what has been handed to invokers and has no result yet. */
export function inFlightRoutes(inFlight: InFlight): readonly Route[] {
  return [
    {
      method: "GET",
      urls: withSlash("/activation"),
      open: true,
      operator: true,
      operation: {
        tag: "Operation",
        summary: "Activations that have no result yet",
        answers: { 200: { says: "Pairs of id and action@version", shape: "InFlight" } },
      },
      handle: (request, reply) => sendJson(request, reply, 200, inFlight.list()),
    },
    {
      method: "GET",
      urls: ["/activation/count"],
      open: true,
      operator: true,
      operation: {
        tag: "Operation",
        summary: "How many activations have no result yet",
        answers: { 200: { says: "The number", shape: "Count" } },
      },
      handle: (request, reply) => sendJson(request, reply, 200, inFlight.size),
    },
  ];
}
