import { type Part, ref } from "./operations.ts";

const text: Part = { type: "string" };
const boolean: Part = { type: "boolean" };
const keyValues: Part = { type: "array", items: ref("KeyValue") };
const labels = { version: text, publish: boolean };

const entity = {
  namespace: text,
  name: text,
  ...labels,
  annotations: keyValues,
  updated: { type: "integer", format: "int64" },
};
const ENTITY = Object.keys(entity);

function object(required: readonly string[], properties: Readonly<Record<string, Part>>): Part {
  return { type: "object", ...(required.length > 0 ? { required } : {}), properties };
}

const binding: Part = { ...ref("Binding"), description: "empty unless it is a binding" };
const packageActions: Part = { type: "array", items: ref("PackageAction") };
const pkg = { ...entity, parameters: keyValues, binding };
const PACKAGE = [...ENTITY, "parameters", "binding"];
const trigger = {
  ...entity,
  parameters: keyValues,
  limits: { type: "object" },
  rules: { type: "object", additionalProperties: ref("TriggerRule"), description: "by ns/rule, once it had any" },
};
const reference = { trigger: ref("EntityReference"), action: ref("EntityReference") };

/** The shapes of packages, triggers and rules. */
export const entityDefinitions: Part = {
  Binding: object([], { namespace: text, name: text }),
  PackagePut: object([], { ...labels, parameters: keyValues, annotations: keyValues, binding: ref("Binding") }),
  Package: object(PACKAGE, pkg),
  PackageAction: object(["name", "version", "annotations"], { name: text, version: text, annotations: keyValues }),
  PackageWithActions: object([...PACKAGE, "actions", "feeds"], {
    ...pkg,
    actions: packageActions,
    feeds: packageActions,
  }),
  PackageSummary: object([...ENTITY, "binding"], {
    ...entity,
    binding: { description: "false unless it is a binding" },
  }),
  TriggerPut: object([], {
    ...labels,
    parameters: keyValues,
    annotations: keyValues,
    limits: { type: "object" },
  }),
  TriggerRule: object(["action", "status"], { action: ref("EntityReference"), status: text }),
  Trigger: object([...ENTITY, "parameters", "limits"], trigger),
  TriggerSummary: object(ENTITY, entity),
  EntityReference: object(["path", "name"], { path: text, name: text, version: text, binding: text }),
  RulePut: object([], {
    ...labels,
    annotations: keyValues,
    trigger: { description: "a name such as /ns/trigger, or an EntityReference" },
    action: { description: "a name such as /ns/pkg/action, or an EntityReference" },
  }),
  Rule: object([...ENTITY, "status", "trigger", "action"], { ...entity, status: text, ...reference }),
  RuleSummary: object([...ENTITY, "trigger", "action"], { ...entity, ...reference }),
  RuleStatus: object(["status"], { status: { type: "string", enum: ["active", "inactive"] } }),
};
