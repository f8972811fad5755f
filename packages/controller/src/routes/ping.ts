import { sendText } from "../answer.ts";
import type { Route } from "../route.ts";

/** GET /ping: whether anybody is there. */
export function pingRoute(): Route {
  return {
    method: "GET",
    urls: ["/ping"],
    open: true,
    handle: (request, reply) => sendText(request, reply, 200, "pong"),
  };
}
