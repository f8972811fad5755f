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
      handle: (request, reply) => sendJson(request, reply, 200, inFlight.list()),
    },
    {
      method: "GET",
      urls: ["/activation/count"],
      open: true,
      operator: true,
      handle: (request, reply) => sendJson(request, reply, 200, inFlight.size),
    },
  ];
}
