import { describe, test } from "vitest";
import {
  BadRequest,
  Conflict,
  InternalError,
  MalformedContent,
  MalformedQuery,
  NotFound,
  ServiceUnavailable,
} from "./errors.ts";
import { messages } from "./messages.ts";

type Example = readonly [said: string, expected: string];

/** One example of every text: the type makes a forgotten one a mistake. */
const examples: Record<keyof typeof messages, Example> = {
  malformedContent: [messages.malformedContent("why"), "The request content was malformed:\nwhy"],
  malformedQuery: [messages.malformedQuery("limit", "why"), "The query parameter 'limit' was malformed:\nwhy"],
  notABoolean: [messages.notABoolean("Maybe"), "'maybe' is not a valid Boolean value"],
  limitOutOfRange: [
    messages.limitOutOfRange("201", 200, "actions"),
    "The value '201' is not in the range of 0 to 200 for actions.",
  ],
  skipOutOfRange: [
    messages.skipOutOfRange("-1", "rules"),
    "The value '-1' is not greater than or equal to 0 for rules.",
  ],
  notAnInteger: [messages.notAnInteger("x", "packages"), "The value 'x' is not an integer for packages."],
  invalidTimeout: [messages.invalidTimeout(60_000), "Timeout must be number of milliseconds up to 60000."],
  unsupportedContentType: [
    messages.unsupportedContentType("text/plain"),
    "The request's Content-Type [text/plain] is not supported. Expected:\napplication/json",
  ],
  notAcceptable: [
    messages.notAcceptable(),
    "Resource representation is only available with these types:\napplication/json",
  ],
  tooLarge: [messages.tooLarge("Request", 11, 10), "Request larger than allowed: 11 > 10 bytes."],
  messageTooLarge: [
    messages.messageTooLarge,
    "The request content is larger than the server is willing or able to process.",
  ],
  payloadNotAnObject: [messages.payloadNotAnObject, "JSON object expected"],
  methodNotAllowed: [
    messages.methodNotAllowed(["GET", "OPTIONS"]),
    "HTTP method not allowed, supported methods: GET, OPTIONS",
  ],
  routeNotFound: [messages.routeNotFound, "The requested resource could not be found."],

  authenticationMissing: [
    messages.authenticationMissing,
    "The resource requires authentication, which was not supplied with the request",
  ],
  authenticationInvalid: [messages.authenticationInvalid, "The supplied authentication is invalid"],
  forbidden: [messages.forbidden, "The supplied authentication is not authorized to access this resource."],
  forbiddenResources: [
    messages.forbiddenResources(["ns/a", "ns/p/b"]),
    "The supplied authentication is not authorized to access 'ns/a, ns/p/b'.",
  ],
  forbiddenKind: [
    messages.forbiddenKind("blackbox"),
    "The supplied authentication is not authorized to access actions of kind 'blackbox'.",
  ],
  getActionOfSharedPackage: [
    messages.getActionOfSharedPackage("ns/pkg"),
    "GET not permitted for 'ns/pkg' since it's an action in a shared package",
  ],
  getActionThroughBinding: [
    messages.getActionThroughBinding("ns/b/a"),
    "GET not permitted for 'ns/b/a'. Resource does not exist or is an action in a shared package binding.",
  ],
  getSharedPackage: [messages.getSharedPackage("ns/pkg"), "GET not permitted for 'ns/pkg' since it's a shared package"],
  getBindingOfSharedPackage: [
    messages.getBindingOfSharedPackage("b"),
    "GET not permitted since b is a binding of a shared package",
  ],
  tooManyRequests: [messages.tooManyRequests(61, 60), "Too many requests in the last minute (count: 61, allowed: 60)."],
  tooManyConcurrent: [
    messages.tooManyConcurrent(30, 30),
    "Too many concurrent requests in flight (count: 30, allowed: 30).",
  ],
  tooManyTails: [messages.tooManyTails(10, 10), "Too many tails of the namespace at a time (count: 10, allowed: 10)."],
  tooManyBytes: [
    messages.tooManyBytes(8_000, 10_000),
    "Too many bytes in flight: the namespace holds 8000 of the 10000 that all may hold.",
  ],
  tooManyRequestsInQueue: [messages.tooManyRequestsInQueue, "Too many requests"],

  entityNameIllegal: [messages.entityNameIllegal, "The name of the entity contains illegal characters."],
  entityNameTooLong: [messages.entityNameTooLong(300, 256), "Name segement longer than allowed: 300 > 256."],
  namespaceIllegal: [messages.namespaceIllegal, "The namespace contains illegal characters."],
  namespaceTooLong: [messages.namespaceTooLong(300, 256), "Namespace longer than allowed: 300 > 256."],
  fullyQualifiedNameTooShort: [
    messages.fullyQualifiedNameTooShort,
    "requirement failed: The fully qualified name of the entity must contain at least the namespace and the name of the entity.",
  ],
  fullyQualifiedNameMalformed: [messages.fullyQualifiedNameMalformed, "fully qualified name malformed"],
  pathUndefined: [messages.pathUndefined, "requirement failed: path undefined"],
  pathInvalid: [messages.pathInvalid(["a", "-"]), "requirement failed: path contains invalid parts a, -"],
  entityNameMalformed: [messages.entityNameMalformed, "entity name malformed"],
  namespaceMalformed: [messages.namespaceMalformed, "namespace malformed"],
  activationIdLength: [messages.activationIdLength(3), "Activation id length is 3 but must be 32."],
  activationIdIllegal: [messages.activationIdIllegal, "The activation id is not valid."],

  notFound: [messages.notFound, "The requested resource does not exist."],
  notFoundNamed: [messages.notFoundNamed("ns/p"), "The requested resource 'ns/p' does not exist."],
  alreadyExists: [messages.alreadyExists, "resource already exists"],
  notInThisCollection: [messages.notInThisCollection, "Resource by this name exists but is not in this collection."],
  concurrentModification: [messages.concurrentModification, "Concurrent modification to resource detected."],
  corrupted: [messages.corrupted, "Resource is corrupted and cannot be read."],
  versionMalformed: [messages.versionMalformed, "semantic version malformed"],
  parametersMalformed: [messages.parametersMalformed, "parameters malformed!"],
  limitsOfEntityNotImplemented: [
    messages.limitsOfEntityNotImplemented,
    "Inner entity level routes for limits are not yet implemented.",
  ],
  internalError: [messages.internalError, "There was an internal server error."],
  unavailable: [
    messages.unavailable,
    "The server is currently unavailable (because it is overloaded or down for maintenance).",
  ],

  limitMalformed: [messages.limitMalformed("time limit"), "time limit malformed"],
  limitNotWhole: [messages.limitNotWhole("time limit"), "requirement failed: time limit must be whole number"],
  limitNegativeSize: [messages.limitNegativeSize, "requirement failed: a negative size of an object is not allowed."],
  instancesNegative: [
    messages.instancesNegative,
    "requirement failed: Action container concurrency must be greater than or equal to 0.",
  ],
  sizeAbove: [
    messages.sizeAbove("memory", 513, 512),
    "requirement failed: memory size 513 MB exceeds allowed threshold of 512 MB",
  ],
  sizeBelow: [messages.sizeBelow("log", 1, 2), "requirement failed: log size 1 MB below allowed threshold of 2 MB"],
  durationAbove: [
    messages.durationAbove(300_001, 300_000),
    "requirement failed: duration 300001 milliseconds exceeds allowed threshold of 300000 milliseconds",
  ],
  durationBelow: [
    messages.durationBelow(99, 100),
    "requirement failed: duration 99 milliseconds below allowed threshold of 100 milliseconds",
  ],
  concurrencyAbove: [
    messages.concurrencyAbove(2, 1),
    "requirement failed: concurrency 2 exceeds allowed threshold of 1",
  ],
  concurrencyBelow: [messages.concurrencyBelow(0, 1), "requirement failed: concurrency 0 below allowed threshold of 1"],
  instancesAboveNamespace: [
    messages.instancesAboveNamespace(30),
    "Max action instance concurrency must not exceed your namespace concurrency of 30.",
  ],

  kindMissing: [messages.kindMissing, "'kind' must be a string defined in 'exec'"],
  kindUnknown: [
    messages.kindUnknown("x:1", ["a", "b"]),
    "The specified runtime 'x:1' is not supported by this platform. Valid values are: 'a', 'b'.",
  ],
  kindDeprecated: [
    messages.kindDeprecated("x:1"),
    "The 'x:1' runtime is no longer supported. You may read and delete but not update or invoke this action.",
  ],
  codeMissing: [
    messages.codeMissing("x:1"),
    "'code' must be a string or attachment object defined in 'exec' for 'x:1' actions",
  ],
  codeNotAString: [messages.codeNotAString("x:1"), "'code' must be a string defined in 'exec' for 'x:1' actions"],
  codeNotAnAttachment: [
    messages.codeNotAnAttachment({ a: [1] }),
    'Could not deserialize as attachment record: {"a":[1]}',
  ],
  mainNotAString: [messages.mainNotAString("x:1"), "if defined, 'main' be a string in 'exec' for 'x:1' actions"],
  mainMissing: [messages.mainMissing("x:1"), "'main' must be a string defined in 'exec' for 'x:1' actions"],
  imageMissing: [messages.imageMissing, "'image' must be a string defined in 'exec' for 'blackbox' actions"],
  imageMalformed: [messages.imageMalformed, "could not parse image name"],
  componentsMissing: [messages.componentsMissing, "'components' must be defined for sequence kind"],
  componentsNotAnArray: [messages.componentsNotAnArray, "'components' must be an array"],
  execUndefined: [messages.execUndefined, "exec undefined"],

  sequenceTooLong: [messages.sequenceTooLong, "Too many actions in the sequence."],
  sequenceEmpty: [messages.sequenceEmpty, "No component specified for the sequence."],
  sequenceCyclic: [messages.sequenceCyclic, "Sequence may not refer to itself."],
  sequenceComponentMissing: [messages.sequenceComponentMissing, "Sequence component does not exist."],

  packageNameReserved: [messages.packageNameReserved("default"), "Package name 'default' is reserved."],
  bindingTargetMissing: [messages.bindingTargetMissing, "Binding references a package that does not exist."],
  bindingTargetNotAPackage: [messages.bindingTargetNotAPackage, "Cannot bind to a resource that is not a package."],
  bindingTargetIsABinding: [messages.bindingTargetIsABinding, "Cannot bind to another package binding."],
  packageCannotBecomeBinding: [
    messages.packageCannotBecomeBinding,
    "Resource is a package and cannot be converted into a binding.",
  ],
  bindingCircular: [messages.bindingCircular("ns/b"), "Package binding 'ns/b' contains a circular reference."],
  notAllowedOnBinding: [messages.notAllowedOnBinding, "Operation not permitted on package binding."],
  packageNotEmpty: [
    messages.packageNotEmpty(2),
    "Package not empty (contains 2 entities). Set force param or delete package contents.",
  ],

  packageRefreshNotServed: [
    messages.packageRefreshNotServed,
    "Packages are not refreshed here: bind to them one by one.",
  ],
  feedNameInvalid: [messages.feedNameInvalid, "Feed name is not valid"],
  ruleNeedsTriggerAndAction: [messages.ruleNeedsTriggerAndAction, "rule requires a valid trigger and a valid action"],
  ruleTriggerMissing: [messages.ruleTriggerMissing("ns/t"), "trigger /ns/t does not exist"],
  ruleActionMissing: [messages.ruleActionMissing("ns/p/a"), "action /ns/p/a does not exist"],
  ruleStatusMissing: [messages.ruleStatusMissing, "key not found: status"],
  ruleStatusUnknown: [messages.ruleStatusUnknown("on"), "requirement failed: on is not a recognized rule state"],
  ruleStatusBlank: [messages.ruleStatusBlank, "requirement failed: argument undefined"],
  ruleWithoutTrigger: [messages.ruleWithoutTrigger, "Only rules with existing triggers can be activated"],
  ruleInactive: [messages.ruleInactive("ns/r", "ns/a"), "Rule 'ns/r' is inactive, action 'ns/a' was not activated."],

  finalParameters: [
    messages.finalParameters,
    "Request defines parameters that are not allowed (e.g., reserved properties).",
  ],
  docsWithCount: [messages.docsWithCount, "The parameter 'docs' is not permitted with 'count'."],
  nameFilterMalformed: [
    messages.nameFilterMalformed("a/b/c"),
    "Parameter may be a 'simple' name or 'package-name/simple' name: a/b/c",
  ],
  epochMalformed: [messages.epochMalformed("x"), "Parameter is not a valid value for epoch seconds: x"],

  webUnauthorized: [messages.webUnauthorized, "Authentication is possible but has failed or not yet been provided."],
  resultIsNot: [messages.resultIsNot("text/html"), "Response is not valid 'text/html'."],
  contentTypeUnknown: [messages.contentTypeUnknown, "Response did not specify a known content-type."],
  contentTypeMismatch: [messages.contentTypeMismatch, "Response type in header did not match generated content type."],
  propertyMissing: [messages.propertyMissing, "Response does not include requested property."],
  processingFailed: [messages.processingFailed, "There was an error processing your request."],
  notReadyYet: [messages.notReadyYet, "Response not yet ready."],
};

describe("the text of an answer", () => {
  test.for(Object.entries(examples))("about %s is to the letter", ([, [said, expected]], { expect }) => {
    expect(said).toBe(expected);
  });

  test("counts a single entity in a package as one", ({ expect }) => {
    expect(messages.packageNotEmpty(1)).toContain("(contains 1 entity)");
  });
});

describe("an error without a text of its own", () => {
  test("says what its status means", ({ expect }) => {
    expect(new NotFound().message).toBe(messages.notFound);
    expect(new Conflict().message).toBe(messages.concurrentModification);
    expect(new InternalError().message).toBe(messages.internalError);
    expect(new ServiceUnavailable().message).toBe(messages.unavailable);
  });
});

describe("malformed content", () => {
  test("is a rejected request, by body or by query", ({ expect }) => {
    const [body, query] = [new MalformedContent("why"), new MalformedQuery("limit", "why")];
    expect([body.status, body.rejection, body.detail, body.name]).toEqual([400, true, "why", "MalformedContent"]);
    expect([query.status, query.rejection, query.message]).toEqual([400, true, examples.malformedQuery[1]]);
    expect(body).toBeInstanceOf(BadRequest);
    expect(query).toBeInstanceOf(BadRequest);
  });
});
