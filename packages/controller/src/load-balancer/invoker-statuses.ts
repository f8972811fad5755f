import type { InvokerHealth, InvokerInfo } from "@meringue/core";
import type { InvokerStatus } from "../dependencies.ts";

/** The original's word for each. One that drains takes no work, as one that its operator has disabled there. */
const STATUSES: Readonly<Record<InvokerHealth, InvokerStatus["status"]>> = {
  healthy: "up",
  unhealthy: "unhealthy",
  unresponsive: "unresponsive",
  draining: "down",
  offline: "down",
};

/** The invokers as `GET /invokers` names them: number, unique name, displayed name. */
export function invokerStatuses(invokers: readonly InvokerInfo[]): readonly InvokerStatus[] {
  return invokers.map(({ instance, uniqueName, displayedName, health }) => ({
    name: [`invoker${instance}`, uniqueName, displayedName].filter((part) => part !== undefined).join("/"),
    status: STATUSES[health],
  }));
}
