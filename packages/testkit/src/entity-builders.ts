import type { Action, EntityName, Package, Rule, Trigger } from "@meringue/core";

/** A small action in the namespace `guest`. */
export function anAction(over: Partial<Action> = {}): Action {
  return {
    entityType: "action",
    namespace: "guest",
    name: "hello" as EntityName,
    version: "0.0.1",
    publish: false,
    annotations: [{ key: "provide-api-key", value: false }],
    updated: 1_767_225_600_000,
    exec: { type: "code", kind: "nodejs:24", binary: false },
    parameters: [],
    limits: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 },
    ...over,
  };
}

/** A private package in the namespace `guest`. */
export function aPackage(over: Partial<Package> = {}): Package {
  return { ...entity("pkg"), entityType: "package", parameters: [], ...over };
}

/** A trigger without rules in the namespace `guest`. */
export function aTrigger(over: Partial<Trigger> = {}): Trigger {
  return { ...entity("tick"), entityType: "trigger", parameters: [], ...over };
}

/** A rule in the namespace `guest` that ties `tick` to `hello`. */
export function aRule(over: Partial<Rule> = {}): Rule {
  return {
    ...entity("tick-hello"),
    entityType: "rule",
    trigger: { path: "guest", name: "tick" },
    action: { path: "guest", name: "hello" },
    ...over,
  };
}

function entity(name: string) {
  return {
    namespace: "guest",
    name: name as EntityName,
    version: "0.0.1",
    publish: false,
    annotations: [],
    updated: 1_767_225_600_000,
  };
}
