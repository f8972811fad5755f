import { type Manifest, manifestResource, type SystemLimits } from "@meringue/core";
import { sendJson } from "../answer.ts";
import type { Route } from "../route.ts";

const MIB = 1024 * 1024;

/** GET /: limits and runtimes of the deployment. Durations in milliseconds, sizes in bytes. */
export function infoRoute({ limits, manifest }: { readonly limits: SystemLimits; readonly manifest: Manifest }): Route {
  const info = {
    description: "OpenWhisk",
    support: { github: "https://github.com/apache/openwhisk/issues", slack: "http://slack.openwhisk.org" },
    api_paths: ["/api/v1"],
    limits: limitsInfo(limits),
    runtimes: manifestResource(manifest),
  };
  return {
    method: "GET",
    urls: ["/"],
    open: true,
    operation: {
      tag: "About",
      summary: "Limits and runtimes",
      answers: { 200: { says: "The deployment", shape: "DeploymentInfo" } },
    },
    handle: (request, reply) => sendJson(request, reply, 200, info),
  };
}

function limitsInfo(limits: SystemLimits): Record<string, number> {
  const bounds = {
    min_action_duration: limits.timeoutMs[0],
    max_action_duration: limits.timeoutMs[2],
    min_action_memory: limits.memoryMb[0] * MIB,
    max_action_memory: limits.memoryMb[2] * MIB,
    min_action_logs: limits.logsMb[0] * MIB,
    max_action_logs: limits.logsMb[2] * MIB,
  };
  // A namespace without limits of its own may go as far as the system does.
  const defaults = Object.fromEntries(Object.entries(bounds).map(([name, value]) => [`default_${name}`, value]));
  return {
    actions_per_minute: limits.invocationsPerMinute,
    triggers_per_minute: limits.firesPerMinute,
    concurrent_actions: limits.concurrentInvocations,
    sequence_length: limits.sequenceLength,
    ...defaults,
    ...bounds,
  };
}
