import { type Part, ref } from "./operations.ts";

const text: Part = { type: "string" };
const integer: Part = { type: "integer", format: "int64" };
const boolean: Part = { type: "boolean" };
const anyObject: Part = { type: "object" };
const strings: Part = { type: "array", items: text };
const keyValues: Part = { type: "array", items: ref("KeyValue") };

function object(required: readonly string[], properties: Readonly<Record<string, Part>>): Part {
  return { type: "object", ...(required.length > 0 ? { required } : {}), properties };
}

const entity = {
  namespace: text,
  name: text,
  version: text,
  publish: boolean,
  annotations: keyValues,
  updated: integer,
};
const ENTITY = Object.keys(entity);

const activation = {
  namespace: text,
  name: text,
  version: text,
  publish: boolean,
  annotations: keyValues,
  activationId: text,
  start: integer,
  end: integer,
  duration: integer,
  cause: text,
};
const ACTIVATION = ["namespace", "name", "version", "publish", "annotations", "activationId", "start"];

/** The shapes of bodies. */
export const definitions: Part = {
  ErrorMessage: object(["error", "code"], { error: text, code: text }),
  KeyValue: object(["key", "value"], {
    key: text,
    value: { description: "any JSON value" },
    init: boolean,
    encryption: text,
  }),
  ActionLimits: object([], {
    timeout: { ...integer, description: "milliseconds" },
    memory: { ...integer, description: "megabytes" },
    logs: { ...integer, description: "megabytes" },
    concurrency: { ...integer, description: "activations at a time in one container" },
    instances: { ...integer, description: "containers at a time" },
  }),
  ActionExec: object([], {
    kind: text,
    code: text,
    binary: boolean,
    main: text,
    image: { ...text, description: "of kind blackbox" },
    components: { ...strings, description: "of kind sequence: names such as /ns/pkg/action" },
  }),
  ActionPut: object([], {
    exec: ref("ActionExec"),
    parameters: keyValues,
    annotations: keyValues,
    delAnnotations: { ...strings, description: "keys of annotations that an update drops" },
    limits: ref("ActionLimits"),
    version: text,
    publish: boolean,
  }),
  Action: object([...ENTITY, "exec", "parameters", "limits"], {
    ...entity,
    exec: ref("ActionExec"),
    parameters: keyValues,
    limits: ref("ActionLimits"),
    binding: text,
  }),
  ActionSummary: object([...ENTITY, "exec", "limits"], {
    ...entity,
    exec: object(["binary"], { binary: boolean }),
    limits: ref("ActionLimits"),
  }),
  ActivationId: object(["activationId"], { activationId: text }),
  ActivationResponse: object(["status", "success"], {
    status: text,
    success: boolean,
    result: { description: "any JSON value" },
    size: integer,
  }),
  ActivationLogs: object(["logs"], { logs: strings }),
  Activation: object([...ACTIVATION, "subject", "response", "logs"], {
    ...activation,
    subject: text,
    response: ref("ActivationResponse"),
    logs: strings,
  }),
  ActivationSummary: object(ACTIVATION, { ...activation, statusCode: integer }),
  NamespaceLimits: anyObject,
  Payload: anyObject,
  ApiInfo: anyObject,
};
