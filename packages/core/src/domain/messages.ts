import type { Json } from "./json.ts";

/** Prefix of the refusals that name a broken precondition; clients match on what follows it. */
function requirementFailed(text: string): string {
  return `requirement failed: ${text}`;
}

/** Texts of HTTP answers, to the letter: clients and their tests compare them. Named for the situation. */
export const messages = {
  // requests as such
  malformedContent: (detail: string) => `The request content was malformed:\n${detail}`,
  malformedQuery: (name: string, detail: string) => `The query parameter '${name}' was malformed:\n${detail}`,
  /** Detail of {@link messages.malformedQuery}; the value is shown in lower case. */
  notABoolean: (value: string) => `'${value.toLowerCase()}' is not a valid Boolean value`,
  limitOutOfRange: (value: string, max: number, collection: string) =>
    `The value '${value}' is not in the range of 0 to ${max} for ${collection}.`,
  skipOutOfRange: (value: string, collection: string) =>
    `The value '${value}' is not greater than or equal to 0 for ${collection}.`,
  notAnInteger: (value: string, collection: string) => `The value '${value}' is not an integer for ${collection}.`,
  invalidTimeout: (maxMs: number) => `Timeout must be number of milliseconds up to ${maxMs}.`,
  unsupportedContentType: (type: string, expected = "application/json") =>
    `The request's Content-Type [${type}] is not supported. Expected:\n${expected}`,
  notAcceptable: (offered = "application/json") =>
    `Resource representation is only available with these types:\n${offered}`,
  tooLarge: (field: "Request" | "exec" | "parameters" | "annotations", is: number, allowed: number) =>
    `${field} larger than allowed: ${is} > ${allowed} bytes.`,
  messageTooLarge: "The request content is larger than the server is willing or able to process.",
  /** Detail; also of an exec that is no object. */
  payloadNotAnObject: "JSON object expected",
  methodNotAllowed: (methods: readonly string[]) => `HTTP method not allowed, supported methods: ${methods.join(", ")}`,
  routeNotFound: "The requested resource could not be found.",

  // callers
  authenticationMissing: "The resource requires authentication, which was not supplied with the request",
  authenticationInvalid: "The supplied authentication is invalid",
  forbidden: "The supplied authentication is not authorized to access this resource.",
  /** `resources` are `ns[/pkg][/name]`, without a leading slash. */
  forbiddenResources: (resources: readonly string[]) =>
    `The supplied authentication is not authorized to access '${resources.join(", ")}'.`,
  forbiddenKind: (kind: string) => `The supplied authentication is not authorized to access actions of kind '${kind}'.`,
  getActionOfSharedPackage: (path: string) =>
    `GET not permitted for '${path}' since it's an action in a shared package`,
  getActionThroughBinding: (path: string) =>
    `GET not permitted for '${path}'. Resource does not exist or is an action in a shared package binding.`,
  getSharedPackage: (path: string) => `GET not permitted for '${path}' since it's a shared package`,
  getBindingOfSharedPackage: (name: string) => `GET not permitted since ${name} is a binding of a shared package`,
  tooManyRequests: (count: number, allowed: number) =>
    `Too many requests in the last minute (count: ${count}, allowed: ${allowed}).`,
  tooManyConcurrent: (count: number, allowed: number) =>
    `Too many concurrent requests in flight (count: ${count}, allowed: ${allowed}).`,
  tooManyBytes: (held: number, all: number) =>
    `Too many bytes in flight: the namespace holds ${held} of the ${all} that all may hold.`,
  tooManyTails: (count: number, allowed: number) =>
    `Too many tails of the namespace at a time (count: ${count}, allowed: ${allowed}).`,
  tooManyRequestsInQueue: "Too many requests",

  // names
  entityNameIllegal: "The name of the entity contains illegal characters.",
  /** The misspelling is on the wire. */
  entityNameTooLong: (length: number, max: number) => `Name segement longer than allowed: ${length} > ${max}.`,
  namespaceIllegal: "The namespace contains illegal characters.",
  namespaceTooLong: (length: number, max: number) => `Namespace longer than allowed: ${length} > ${max}.`,
  fullyQualifiedNameTooShort: requirementFailed(
    "The fully qualified name of the entity must contain at least the namespace and the name of the entity.",
  ),
  fullyQualifiedNameMalformed: "fully qualified name malformed",
  pathUndefined: requirementFailed("path undefined"),
  pathInvalid: (parts: readonly string[]) => requirementFailed(`path contains invalid parts ${parts.join(", ")}`),
  entityNameMalformed: "entity name malformed",
  namespaceMalformed: "namespace malformed",
  activationIdLength: (length: number) => `Activation id length is ${length} but must be 32.`,
  activationIdIllegal: "The activation id is not valid.",

  // entities of any type
  notFound: "The requested resource does not exist.",
  notFoundNamed: (path: string) => `The requested resource '${path}' does not exist.`,
  alreadyExists: "resource already exists",
  notInThisCollection: "Resource by this name exists but is not in this collection.",
  concurrentModification: "Concurrent modification to resource detected.",
  corrupted: "Resource is corrupted and cannot be read.",
  versionMalformed: "semantic version malformed",
  parametersMalformed: "parameters malformed!",
  limitsOfEntityNotImplemented: "Inner entity level routes for limits are not yet implemented.",
  internalError: "There was an internal server error.",
  unavailable: "The server is currently unavailable (because it is overloaded or down for maintenance).",

  // limits of actions
  limitMalformed: (what: string) => `${what} malformed`,
  limitNotWhole: (what: string) => requirementFailed(`${what} must be whole number`),
  limitNegativeSize: requirementFailed("a negative size of an object is not allowed."),
  instancesNegative: requirementFailed("Action container concurrency must be greater than or equal to 0."),
  sizeAbove: (field: string, is: number, max: number) =>
    requirementFailed(`${field} size ${is} MB exceeds allowed threshold of ${max} MB`),
  sizeBelow: (field: string, is: number, min: number) =>
    requirementFailed(`${field} size ${is} MB below allowed threshold of ${min} MB`),
  durationAbove: (is: number, max: number) =>
    requirementFailed(`duration ${is} milliseconds exceeds allowed threshold of ${max} milliseconds`),
  durationBelow: (is: number, min: number) =>
    requirementFailed(`duration ${is} milliseconds below allowed threshold of ${min} milliseconds`),
  concurrencyAbove: (is: number, max: number) =>
    requirementFailed(`concurrency ${is} exceeds allowed threshold of ${max}`),
  concurrencyBelow: (is: number, min: number) =>
    requirementFailed(`concurrency ${is} below allowed threshold of ${min}`),
  instancesAboveNamespace: (namespaceConcurrency: number) =>
    `Max action instance concurrency must not exceed your namespace concurrency of ${namespaceConcurrency}.`,

  // exec
  kindMissing: "'kind' must be a string defined in 'exec'",
  kindUnknown: (kind: string, valid: readonly string[]) =>
    `The specified runtime '${kind}' is not supported by this platform. Valid values are: ${valid.map((k) => `'${k}'`).join(", ")}.`,
  kindDeprecated: (kind: string) =>
    `The '${kind}' runtime is no longer supported. You may read and delete but not update or invoke this action.`,
  codeMissing: (kind: string) => `'code' must be a string or attachment object defined in 'exec' for '${kind}' actions`,
  codeNotAString: (kind: string) => `'code' must be a string defined in 'exec' for '${kind}' actions`,
  codeNotAnAttachment: (code: Json) => `Could not deserialize as attachment record: ${JSON.stringify(code)}`,
  /** The missing word is missing on the wire. */
  mainNotAString: (kind: string) => `if defined, 'main' be a string in 'exec' for '${kind}' actions`,
  mainMissing: (kind: string) => `'main' must be a string defined in 'exec' for '${kind}' actions`,
  imageMissing: "'image' must be a string defined in 'exec' for 'blackbox' actions",
  imageMalformed: "could not parse image name",
  componentsMissing: "'components' must be defined for sequence kind",
  componentsNotAnArray: "'components' must be an array",
  execUndefined: "exec undefined",

  // sequences
  sequenceTooLong: "Too many actions in the sequence.",
  sequenceEmpty: "No component specified for the sequence.",
  sequenceCyclic: "Sequence may not refer to itself.",
  sequenceComponentMissing: "Sequence component does not exist.",

  // packages and bindings
  packageNameReserved: (name: string) => `Package name '${name}' is reserved.`,
  bindingTargetMissing: "Binding references a package that does not exist.",
  bindingTargetNotAPackage: "Cannot bind to a resource that is not a package.",
  bindingTargetIsABinding: "Cannot bind to another package binding.",
  packageCannotBecomeBinding: "Resource is a package and cannot be converted into a binding.",
  bindingCircular: (path: string) => `Package binding '${path}' contains a circular reference.`,
  notAllowedOnBinding: "Operation not permitted on package binding.",
  packageNotEmpty: (entities: number) =>
    `Package not empty (contains ${entities} ${entities === 1 ? "entity" : "entities"}). Set force param or delete package contents.`,
  packageRefreshNotServed: "Packages are not refreshed here: bind to them one by one.",

  // triggers and rules
  feedNameInvalid: "Feed name is not valid",
  ruleNeedsTriggerAndAction: "rule requires a valid trigger and a valid action",
  /** `path` is `ns/trigger`, without a leading slash. */
  ruleTriggerMissing: (path: string) => `trigger /${path} does not exist`,
  /** `path` is `ns[/pkg]/action`, without a leading slash. */
  ruleActionMissing: (path: string) => `action /${path} does not exist`,
  ruleStatusMissing: "key not found: status",
  ruleStatusUnknown: (status: string) => requirementFailed(`${status} is not a recognized rule state`),
  ruleStatusBlank: requirementFailed("argument undefined"),
  ruleWithoutTrigger: "Only rules with existing triggers can be activated",
  /** Inside a trigger's activation log. */
  ruleInactive: (rule: string, action: string) => `Rule '${rule}' is inactive, action '${action}' was not activated.`,

  // activations
  finalParameters: "Request defines parameters that are not allowed (e.g., reserved properties).",
  docsWithCount: "The parameter 'docs' is not permitted with 'count'.",
  nameFilterMalformed: (value: string) => `Parameter may be a 'simple' name or 'package-name/simple' name: ${value}`,
  epochMalformed: (value: string) => `Parameter is not a valid value for epoch seconds: ${value}`,

  // web actions
  webUnauthorized: "Authentication is possible but has failed or not yet been provided.",
  resultIsNot: (mediaType: string) => `Response is not valid '${mediaType}'.`,
  contentTypeUnknown: "Response did not specify a known content-type.",
  contentTypeMismatch: "Response type in header did not match generated content type.",
  propertyMissing: "Response does not include requested property.",
  processingFailed: "There was an error processing your request.",
  notReadyYet: "Response not yet ready.",
} as const;
