import type { Action, Activation, EntityName, Package, Trigger } from "@meringue/core";

/** When the samples begin: records and entities have times of their own from here on. */
const EPOCH_MS = 1_767_225_600_000;
const LINES = 4;

/** The n-th of many records, as a small action leaves them; about one kibibyte as JSON. Its id is told by `recordId`. */
export function sampleRecord(n: number, namespace = "guest", name = "hello"): Activation {
  const start = EPOCH_MS + n * 10;
  const line = (index: number): string =>
    `${new Date(start + index).toISOString()} stdout: line ${index} of what the action of call ${n} has to say about its work`;
  return {
    namespace,
    name,
    version: "0.0.1",
    subject: namespace,
    activationId: recordId(n),
    start,
    end: start + 7,
    response: { statusCode: 0, result: { greeting: `hello number ${n}`, items: [n, n + 1, n + 2] }, size: 60 },
    logs: Array.from({ length: LINES }, (_, index) => line(index)),
    annotations: [
      { key: "path", value: `${namespace}/${name}` },
      { key: "waitTime", value: 3 },
      { key: "kind", value: "nodejs:24" },
      { key: "timeout", value: false },
      { key: "limits", value: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 } },
    ],
    publish: false,
  };
}

/** Ids that are spread like random ones, and can be told from their number. */
export function recordId(n: number): string {
  const part = (factor: number): string => (Math.imul(n + 1, factor) >>> 0).toString(16).padStart(8, "0");
  return `${part(0x9e3779b1)}${part(0x85ebca77)}${part(0xc2b2ae3d)}${part(0x27d4eb2f)}`;
}

function named(namespace: string, name: string, n: number) {
  const entityName = name as EntityName; // ours, and well formed
  return { namespace, name: entityName, version: "0.0.1", publish: false, annotations: [], updated: EPOCH_MS + n };
}

export function sampleAction(namespace: string, name: string, n: number): Action {
  return {
    ...named(namespace, name, n),
    entityType: "action",
    exec: { type: "code", kind: "nodejs:24", binary: false },
    parameters: [],
    limits: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 },
  };
}

export function samplePackage(namespace: string, name: string, n: number): Package {
  return { ...named(namespace, name, n), entityType: "package", parameters: [] };
}

export function sampleTrigger(namespace: string, name: string, n: number): Trigger {
  return { ...named(namespace, name, n), entityType: "trigger", parameters: [] };
}
