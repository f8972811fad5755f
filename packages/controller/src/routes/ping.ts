import { sendText } from "../answer.ts";
import type { Route } from "../route.ts";

/** GET /ping: whether anybody is there. */
export function pingRoute(): Route {
  return {
    method: "GET",
    urls: ["/ping"],
    open: true,
    operation: {
      tag: "About",
      summary: "Whether anybody is there",
      answers: { 200: { says: "pong" } },
      produces: ["text/plain"],
    },
    handle: (request, reply) => sendText(request, reply, 200, "pong"),
  };
}
