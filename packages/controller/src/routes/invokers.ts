import { sendJson } from "../answer.ts";
import type { InvokerStatus } from "../dependencies.ts";
import { type Route, withSlash } from "../route.ts";

/** GET /invokers, /invokers/healthy/count and /invokers/ready: how the invokers are. */
export function invokersRoutes({ invokerStatus }: { invokerStatus(): readonly InvokerStatus[] }): readonly Route[] {
  const healthy = (): number => invokerStatus().filter(({ status }) => status === "up").length;
  return [
    {
      method: "GET",
      urls: withSlash("/invokers"),
      open: true,
      operator: true,
      operation: {
        tag: "Operation",
        summary: "How each invoker is",
        answers: { 200: { says: "By name", shape: "Invokers" } },
      },
      handle(request, reply) {
        const states = Object.fromEntries(invokerStatus().map(({ name, status }) => [name, status]));
        sendJson(request, reply, 200, states);
      },
    },
    {
      method: "GET",
      urls: ["/invokers/healthy/count"],
      open: true,
      operator: true,
      operation: {
        tag: "Operation",
        summary: "How many invokers are up",
        answers: { 200: { says: "The number", shape: "Count" } },
      },
      handle: (request, reply) => sendJson(request, reply, 200, healthy()),
    },
    {
      method: "GET",
      urls: ["/invokers/ready"],
      open: true,
      operator: true,
      operation: {
        tag: "Operation",
        summary: "Whether all invokers are up",
        answers: { 200: { says: "All are", shape: "Healthy" }, 500: { says: "Some are not", shape: "Unhealthy" } },
      },
      handle(request, reply) {
        const all = invokerStatus().length;
        const up = healthy();
        if (all > 0 && up === all) sendJson(request, reply, 200, { healthy: `${up}/${all}` });
        else sendJson(request, reply, 500, { unhealthy: `${all - up}/${all}` });
      },
    },
  ];
}
