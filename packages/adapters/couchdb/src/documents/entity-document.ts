import {
  type Action,
  type ActionLimits,
  BLACKBOX_KIND,
  type Entity,
  type EntityName,
  type EntityReference,
  type EntityType,
  type Exec,
  encodeKeyValues,
  entityId,
  isJsonObject,
  type JsonObject,
  type Package,
  SEQUENCE_KIND,
  type TriggerRule,
  UPSTREAM_LIMITS,
} from "@meringue/core";
import { NO_CODE, type StoredCode } from "./action-code.ts";
import { corrupted, keyValuesOf, numberOf, objectOf, textOf } from "./document-reader.ts";

/**
 * The document of an entity, as upstream stores it.
 * @param code of an action; it goes into the same write.
 */
export function encodeEntity(entity: Entity, { code, attachments }: StoredCode = NO_CODE): JsonObject {
  return {
    _id: entityId(entity),
    entityType: entity.entityType,
    namespace: entity.namespace,
    name: entity.name,
    version: entity.version,
    publish: entity.publish,
    annotations: encodeKeyValues(entity.annotations),
    updated: entity.updated,
    ...encodeOwn(entity, code),
    ...(attachments === undefined ? {} : { _attachments: attachments }),
  };
}

function encodeOwn(entity: Entity, code: StoredCode["code"]): JsonObject {
  switch (entity.entityType) {
    case "action":
      return {
        exec: encodeExec(entity.exec, code),
        parameters: encodeKeyValues(entity.parameters),
        limits: { ...entity.limits },
      };
    case "package":
      return { binding: { ...entity.binding }, parameters: encodeKeyValues(entity.parameters) };
    case "trigger":
      return {
        parameters: encodeKeyValues(entity.parameters),
        limits: {},
        ...(entity.rules === undefined ? {} : { rules: encodeRules(entity.rules) }),
      };
    case "rule":
      return { trigger: { ...entity.trigger }, action: { ...entity.action } };
  }
}

function encodeExec(exec: Exec, code: StoredCode["code"]): JsonObject {
  if (exec.type === "sequence") return { kind: exec.kind, components: [...exec.components] };
  return {
    kind: exec.kind,
    ...(exec.type === "blackbox" ? { image: exec.image } : {}),
    ...(code === undefined ? {} : { code }),
    binary: exec.binary,
    ...(exec.main === undefined ? {} : { main: exec.main }),
  };
}

function encodeRules(rules: Readonly<Record<string, TriggerRule>>): JsonObject {
  const entries = Object.entries(rules).map(([id, { action, status }]) => [id, { action: { ...action }, status }]);
  return Object.fromEntries(entries) as JsonObject;
}

/**
 * Reads a document of an entity, whoever wrote it. What old documents lack gets its default.
 * @throws InternalError when it is none.
 */
export function decodeEntity(document: JsonObject): Entity {
  const base = {
    namespace: textOf(document, "namespace"),
    name: textOf(document, "name") as EntityName,
    version: textOf(document, "version"),
    publish: document["publish"] === true,
    annotations: keyValuesOf(document, "annotations"),
    updated: numberOf(document, "updated", 0),
  };
  const entityType = typeOf(document);
  switch (entityType) {
    case "action":
      return { ...base, entityType, ...decodeAction(document) };
    case "package":
      return { ...base, entityType, parameters: keyValuesOf(document, "parameters"), ...decodeBinding(document) };
    case "trigger":
      return { ...base, entityType, parameters: keyValuesOf(document, "parameters"), ...decodeRules(document) };
    case "rule":
      return { ...base, entityType, trigger: reference(document, "trigger"), action: reference(document, "action") };
  }
}

/** Old documents do not say what they are: then it is told by what they have. */
function typeOf(document: JsonObject): EntityType {
  const type = document["entityType"];
  if (type === "action" || type === "package" || type === "trigger" || type === "rule") return type;
  if (type !== undefined) throw corrupted("entityType");
  if (document["exec"] !== undefined) return "action";
  if (document["trigger"] !== undefined) return "rule";
  return document["binding"] === undefined ? "trigger" : "package";
}

function decodeAction(document: JsonObject): Pick<Action, "exec" | "parameters" | "limits"> {
  return {
    exec: decodeExec(objectOf(document, "exec")),
    parameters: keyValuesOf(document, "parameters"),
    limits: decodeLimits(document),
  };
}

function decodeExec(json: JsonObject): Exec {
  const kind = textOf(json, "kind");
  if (kind === SEQUENCE_KIND) {
    const components = json["components"];
    if (!Array.isArray(components)) throw corrupted("components");
    return { type: "sequence", kind: SEQUENCE_KIND, components: components.map(decodeComponent) };
  }
  const code = json["code"] ?? json["jar"] ?? null;
  const own = { binary: json["binary"] === true, ...(json["main"] == null ? {} : { main: textOf(json, "main") }) };
  if (kind !== BLACKBOX_KIND) return { type: "code", kind, ...own };
  return { type: "blackbox", kind: BLACKBOX_KIND, image: textOf(json, "image"), hasCode: code !== null, ...own };
}

function decodeComponent(component: unknown): string {
  if (typeof component !== "string") throw corrupted("components");
  return component.startsWith("/") ? component : `/${component}`;
}

function decodeLimits(document: JsonObject): ActionLimits {
  const limits = isJsonObject(document["limits"]) ? document["limits"] : {};
  const { timeoutMs, memoryMb, logsMb, concurrency } = UPSTREAM_LIMITS;
  return {
    timeout: numberOf(limits, "timeout", timeoutMs[1]),
    memory: numberOf(limits, "memory", memoryMb[1]),
    logs: numberOf(limits, "logs", logsMb[1]),
    concurrency: numberOf(limits, "concurrency", concurrency[1]),
    ...(limits["instances"] == null ? {} : { instances: numberOf(limits, "instances", 0) }),
  };
}

/** A package that is no binding has an empty one. */
function decodeBinding(document: JsonObject): Pick<Package, "binding"> {
  const { binding } = document;
  if (!isJsonObject(binding) || Object.keys(binding).length === 0) return {};
  return {
    binding: { namespace: textOf(binding, "namespace") as EntityName, name: textOf(binding, "name") as EntityName },
  };
}

function decodeRules(document: JsonObject): { readonly rules?: Readonly<Record<string, TriggerRule>> } {
  const { rules } = document;
  if (!isJsonObject(rules)) return {};
  const entries = Object.entries(rules).map(([id, rule]) => {
    if (!isJsonObject(rule)) throw corrupted("rules");
    const status = rule["status"] === "active" ? "active" : "inactive";
    return [id, { action: reference(rule, "action"), status }] as const;
  });
  return { rules: Object.fromEntries(entries) };
}

function reference(document: JsonObject, name: string): EntityReference {
  const json = objectOf(document, name);
  const optional = (member: "version" | "binding") => (json[member] == null ? {} : { [member]: textOf(json, member) });
  return { path: textOf(json, "path"), name: textOf(json, "name"), ...optional("version"), ...optional("binding") };
}
