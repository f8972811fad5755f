import { answer, body, failure, listAnswer, type Operation, type Part, type Paths, query, ref } from "./operations.ts";

/** What the collections of packages, triggers and rules have in common in this document. */
interface Collection {
  readonly path: string;
  /** Section of the document, such as `Packages`. */
  readonly tag: string;
  /** One of them, with its article: `a package`. */
  readonly one: string;
  /** Definition of what GET answers. */
  readonly shape: string;
  /** Definition of what PUT and DELETE answer. */
  readonly written: string;
  /** Definition of a row of the list. */
  readonly row: string;
  /** Definition of what PUT takes. */
  readonly put: string;
}

const paging = [
  query("limit", "integer", "rows at most, 0 to 200; 0 means 200"),
  query("skip", "integer", "rows to leave out at the beginning"),
  query("count", "boolean", "only tell how many there are"),
];

const malformed = failure("Malformed request");
const forbidden = failure("Not allowed");
const missing = failure("There is no such thing");
const conflict = failure("The name belongs to another type of entity, or somebody else wrote at the same time");
const common: Readonly<Record<number, Part>> = { 400: malformed, 403: forbidden, 404: missing, 409: conflict };

function crud({ path, tag, one, shape, written, row, put }: Collection): Paths {
  const list: Operation = {
    summary: `All ${tag.toLowerCase()} of a namespace`,
    tag,
    parameters: paging,
    responses: { 200: listAnswer("Newest first", row), 400: malformed, 403: forbidden },
  };
  const get: Operation = { summary: upper(one), tag, responses: { 200: answer(upper(one), ref(shape)), ...common } };
  const change: Operation = {
    summary: `Create or update ${one}`,
    tag,
    parameters: [query("overwrite", "boolean", "true updates what exists"), body("entity", ref(put), true)],
    responses: {
      200: answer("As it is now", ref(written)),
      ...common,
      413: failure("Parameters or annotations are too large"),
      415: failure("The body is not JSON"),
    },
  };
  const remove: Operation = {
    summary: `Delete ${one}`,
    tag,
    responses: { 200: answer("As it was", ref(written)), ...common },
  };
  return {
    [path]: { get: list },
    [`${path}/{name}`]: { get, put: change, delete: remove },
  };
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const packages = "/namespaces/{namespace}/packages";
const triggers = "/namespaces/{namespace}/triggers";
const rules = "/namespaces/{namespace}/rules";

const packagePaths = crud({
  path: packages,
  tag: "Packages",
  one: "a package or binding",
  shape: "PackageWithActions",
  written: "Package",
  row: "PackageSummary",
  put: "PackagePut",
});
const triggerPaths = crud({
  path: triggers,
  tag: "Triggers",
  one: "a trigger",
  shape: "Trigger",
  written: "Trigger",
  row: "TriggerSummary",
  put: "TriggerPut",
});
const rulePaths = crud({
  path: rules,
  tag: "Rules",
  one: "a rule",
  shape: "Rule",
  written: "Rule",
  row: "RuleSummary",
  put: "RulePut",
});

const circular = failure("Bindings refer in a circle");
const onePackage = packagePaths[`${packages}/{name}`] as Readonly<Record<"get" | "put" | "delete", Operation>>;

const fire: Operation = {
  summary: "Fire a trigger",
  tag: "Triggers",
  parameters: [body("payload", ref("Payload"), false)],
  responses: {
    202: answer("The actions of its active rules are run", ref("ActivationId")),
    204: { description: "No rule is active: nothing happens" },
    ...common,
    413: failure("The payload is too large"),
    415: failure("The payload is not JSON"),
    429: failure("Too many requests"),
  },
};

const setStatus: Operation = {
  summary: "Enable or disable a rule",
  tag: "Rules",
  parameters: [body("status", ref("RuleStatus"), true)],
  produces: ["text/plain"],
  responses: { 200: { description: "OK" }, ...common, 415: failure("The body is not JSON") },
};

/** Packages, triggers and rules. */
export const entityPaths: Paths = {
  ...packagePaths,
  [`${packages}/{name}`]: {
    get: { ...onePackage.get, responses: { ...onePackage.get.responses, 422: circular } },
    put: { ...onePackage.put, responses: { ...onePackage.put.responses, 422: circular } },
    delete: { ...onePackage.delete, parameters: [query("force", "boolean", "true deletes what is in it, too")] },
  },
  [`${packages}/refresh`]: {
    post: {
      summary: "Not served",
      tag: "Packages",
      responses: { 403: forbidden, 501: failure("Packages are not refreshed") },
    },
  },
  ...triggerPaths,
  [`${triggers}/{name}`]: { ...triggerPaths[`${triggers}/{name}`], post: fire },
  ...rulePaths,
  [`${rules}/{name}`]: { ...rulePaths[`${rules}/{name}`], post: setStatus },
};
