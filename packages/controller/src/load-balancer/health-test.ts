import {
  type Action,
  type Clock,
  type EntityStore,
  type Manifest,
  parseEntityName,
  resolveKind,
  type SystemLimits,
} from "@meringue/core";
import type { HealthTest } from "./test-activations.ts";

export interface HealthTestDependencies {
  readonly entities: EntityStore;
  readonly manifest: Manifest;
  readonly limits: Pick<SystemLimits, "timeoutMs" | "memoryMb" | "logsMb">;
  /** The id of the controller: each has a test of its own. */
  readonly controller: string;
  readonly clock: Clock;
}

const SYSTEM = parseEntityName("whisk.system");
const CODE = "function main(params) { return params; }";

/**
 * Stores the action that tells whether an invoker is well, under the original's name for it.
 * @throws Error when the manifest has no nodejs; what the store throws
 */
export async function healthTest(deps: HealthTestDependencies): Promise<HealthTest> {
  const { entities, manifest, limits, controller, clock } = deps;
  const runtime = resolveKind(manifest, "nodejs:default");
  if (runtime === undefined) throw new Error("The manifest has no nodejs to test invokers with.");
  const action: Action = {
    entityType: "action",
    namespace: SYSTEM,
    name: parseEntityName(`invokerHealthTestAction${controller}`),
    version: "0.0.1",
    publish: false,
    annotations: [{ key: "provide-api-key", value: false }],
    updated: clock.now(),
    exec: { type: "code", kind: runtime.kind, binary: false },
    parameters: [],
    limits: { timeout: limits.timeoutMs[1], memory: limits.memoryMb[0], logs: limits.logsMb[0], concurrency: 1 },
  };
  const id = `${action.namespace}/${action.name}`;
  const before = await entities.get(id);
  await entities.put(action, before?.rev, { bytes: Buffer.from(CODE) });
  return {
    // without a revision: an invoker that runs it has read the store
    action: { id, rev: "", action },
    user: {
      subject: SYSTEM,
      namespace: { name: SYSTEM, uuid: "00000000-0000-4000-8000-000000000000" },
      authKey: "",
      limits: { storeActivations: false },
    },
  };
}
