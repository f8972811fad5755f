import {
  ACTIVATION_ID_PART,
  adding,
  type Deployment,
  entityReference,
  keyValues,
  type SchemaPart,
} from "@meringue/core";

const text: SchemaPart = { type: "string" };
const boolean: SchemaPart = { type: "boolean" };
const integer: SchemaPart = { type: "integer", format: "int64" };
const any: SchemaPart = { description: "any JSON value" };
const anyObject: SchemaPart = { type: "object", additionalProperties: {} };
const strings: SchemaPart = { type: "array", items: text };

/** What an answer may hold, by name; a name with a question mark may be missing. */
type Properties = Readonly<Record<string, SchemaPart>>;

function shape(title: string, properties: Properties): SchemaPart {
  const needed = Object.keys(properties).filter((name) => !name.endsWith("?"));
  return {
    title,
    type: "object",
    ...(needed.length === 0 ? {} : { required: needed }),
    properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name.replace("?", ""), part])),
  };
}

function mapOf(part: SchemaPart): SchemaPart {
  return { type: "object", additionalProperties: part };
}

const entity = (deployment: Deployment): Properties => ({
  namespace: { ...text, description: "ns, or ns/pkg" },
  name: text,
  version: text,
  publish: boolean,
  annotations: keyValues.describe(deployment),
  updated: { ...integer, description: "epoch milliseconds" },
});

const limits = shape("ShownLimits", {
  timeout: { ...integer, description: "milliseconds" },
  memory: { ...integer, description: "megabytes" },
  logs: { ...integer, description: "megabytes" },
  concurrency: { ...integer, description: "activations at a time in one container" },
  "instances?": { ...integer, description: "containers at a time" },
});

const exec = shape("ShownExec", {
  kind: text,
  "code?": { ...text, description: "source, or an archive in base64" },
  "binary?": { ...boolean, description: "whether code is base64; not of sequences" },
  "main?": text,
  "image?": { ...text, description: "of kind blackbox" },
  "components?": { ...strings, description: "of kind sequence" },
});

const bound = shape("BoundTo", { namespace: text, name: text });
const maybeBound = shape("MaybeBoundTo", { "namespace?": text, "name?": text });

const activationHead = (deployment: Deployment): Properties => ({
  namespace: text,
  name: text,
  version: text,
  publish: boolean,
  annotations: keyValues.describe(deployment),
  activationId: ACTIVATION_ID_PART,
  start: { ...integer, description: "epoch milliseconds" },
  "end?": { ...integer, description: "epoch milliseconds" },
  "duration?": { ...integer, description: "milliseconds" },
  "cause?": { ...ACTIVATION_ID_PART, description: "the activation that encloses this one" },
});

const response = shape("ActivationResponse", {
  status: { type: "string", enum: ["success", "application error", "action developer error", "whisk internal error"] },
  success: boolean,
  "result?": any,
  "size?": { ...integer, description: "of the answer of the action" },
});

const record = (deployment: Deployment): Properties => ({
  ...activationHead(deployment),
  subject: text,
  response,
  logs: strings,
});

const pkg = (deployment: Deployment): Properties => ({
  ...entity(deployment),
  parameters: keyValues.describe(deployment),
  binding: adding({ description: "empty unless it is a binding" }, maybeBound),
});

const packageActions = (deployment: Deployment): SchemaPart => ({
  type: "array",
  items: shape("PackageAction", { name: text, version: text, annotations: keyValues.describe(deployment) }),
});

const ruled = (deployment: Deployment): Properties => ({
  ...entity(deployment),
  trigger: entityReference.describe(deployment),
  action: entityReference.describe(deployment),
});

const status: SchemaPart = { type: "string", enum: ["active", "inactive"] };

const namespaceLimits: Properties = {
  invocationsPerMinute: integer,
  concurrentInvocations: integer,
  firesPerMinute: integer,
  maxActionInstances: integer,
  minActionTimeout: integer,
  maxActionTimeout: integer,
  minActionMemory: integer,
  maxActionMemory: integer,
  minActionLogs: integer,
  maxActionLogs: integer,
  minActionConcurrency: integer,
  maxActionConcurrency: integer,
  maxParameterSize: { ...text, description: "such as 1 MB" },
  "maxPayloadSize?": text,
  "truncationSize?": text,
  "allowedKinds?": strings,
  "storeActivations?": boolean,
  "warmedContainerKeepingCount?": integer,
  "warmedContainerKeepingTimeout?": text,
};

const all = {
  ErrorMessage: () => shape("ErrorMessage", { error: text, code: { ...text, description: "as X-Request-ID" } }),
  Action: (deployment: Deployment) =>
    shape("Action", {
      ...entity(deployment),
      exec,
      parameters: keyValues.describe(deployment),
      limits,
      "binding?": { ...text, description: "the binding that it was read through" },
    }),
  ActionSummary: (deployment: Deployment) =>
    shape("ActionSummary", { ...entity(deployment), exec: shape("ExecSummary", { binary: boolean }), limits }),
  Package: (deployment: Deployment) => shape("Package", pkg(deployment)),
  PackageWithActions: (deployment: Deployment) =>
    shape("PackageWithActions", {
      ...pkg(deployment),
      actions: packageActions(deployment),
      feeds: packageActions(deployment),
    }),
  PackageSummary: (deployment: Deployment) =>
    shape("PackageSummary", {
      ...entity(deployment),
      binding: { description: "false unless it is a binding", "x-oneOf": [{ type: "boolean", enum: [false] }, bound] },
    }),
  Trigger: (deployment: Deployment) =>
    shape("Trigger", {
      ...entity(deployment),
      parameters: keyValues.describe(deployment),
      limits: { type: "object", description: "always empty" },
      "rules?": {
        ...mapOf(shape("TriggerRule", { action: entityReference.describe(deployment), status })),
        description: "by ns/rule, once it had any",
      },
    }),
  TriggerSummary: (deployment: Deployment) => shape("TriggerSummary", entity(deployment)),
  Rule: (deployment: Deployment) => shape("Rule", { ...ruled(deployment), status }),
  RuleSummary: (deployment: Deployment) => shape("RuleSummary", ruled(deployment)),
  ActivationId: () => shape("ActivationId", { activationId: ACTIVATION_ID_PART }),
  ActivationResponse: () => response,
  ActivationLogs: () => shape("ActivationLogs", { logs: strings }),
  Activation: (deployment: Deployment) => shape("Activation", record(deployment)),
  ListedActivation: (deployment: Deployment) =>
    shape("ListedActivation", {
      ...activationHead(deployment),
      "statusCode?": { ...integer, description: "0 success, 1 application, 2 developer, 3 internal error" },
      "subject?": text,
      "response?": response,
      "logs?": strings,
    }),
  Counted: () => ({ ...mapOf(integer), title: "Counted" }),
  Namespaces: () => strings,
  NamespaceLimits: () => shape("NamespaceLimits", namespaceLimits),
  NotReadyYet: () => shape("NotReadyYet", { "error?": text, "code?": text, "activationId?": ACTIVATION_ID_PART }),
  ApiInfo: () =>
    shape("ApiInfo", {
      description: text,
      api_version: text,
      api_version_path: text,
      build: text,
      buildno: text,
      swagger_paths: shape("SwaggerPaths", { ui: text, "api-docs": text }),
    }),
  DeploymentInfo: () =>
    shape("DeploymentInfo", {
      description: text,
      support: mapOf(text),
      api_paths: strings,
      limits: mapOf(integer),
      runtimes: mapOf({
        type: "array",
        items: shape("Runtime", {
          kind: text,
          image: text,
          deprecated: boolean,
          default: boolean,
          attached: boolean,
          requireMain: boolean,
        }),
      }),
    }),
  Document: () => anyObject,
  Invokers: () => mapOf({ type: "string", enum: ["up", "unhealthy", "unresponsive", "down"] }),
  Healthy: () => shape("Healthy", { healthy: text }),
  Unhealthy: () => shape("Unhealthy", { unhealthy: text }),
  Count: () => integer,
  InFlight: () => ({ type: "array", items: strings }),
} as const satisfies Readonly<Record<string, (deployment: Deployment) => SchemaPart>>;

/** Name of a shape. */
export type ShapeName = keyof typeof all;

/** The JSON that calls answer. Tests hold every answer that they get against these, with nothing beyond them. */
export const shapes: Readonly<Record<ShapeName, (deployment: Deployment) => SchemaPart>> = all;
