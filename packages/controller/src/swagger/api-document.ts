import { definitions } from "./definitions.ts";
import { entityDefinitions } from "./entity-definitions.ts";
import { entityPaths } from "./entity-paths.ts";
import { answer, body, describeAll, failure, listAnswer, type Part, type Paths, query, ref } from "./operations.ts";
import { webPaths } from "./web-paths.ts";

const paging = [
  query("limit", "integer", "rows at most, 0 to 200; 0 means 200"),
  query("skip", "integer", "rows to leave out at the beginning"),
  query("count", "boolean", "only tell how many there are"),
];

const forbidden = failure("Not allowed");
const missing = failure("There is no such thing");
const malformed = failure("Malformed request");
const conflict = failure("The name belongs to another type of entity, or somebody else wrote at the same time");

const invocation: Readonly<Record<number, Part>> = {
  200: answer("The record, or with result=true only the result", ref("Activation")),
  202: answer("The activation was accepted; its result is not awaited, or not there in time", ref("ActivationId")),
  400: malformed,
  403: forbidden,
  404: missing,
  409: conflict,
  413: failure("The payload is too large"),
  415: failure("The payload is not JSON"),
  429: failure("Too many requests"),
  502: answer("The action failed; the record, or with result=true only the result", ref("Activation")),
  503: failure("The activation cannot be placed now"),
};

function action(where: string): Paths[string] {
  const found = answer("The action", ref("Action"));
  return {
    get: {
      summary: `An action ${where}`,
      tag: "Actions",
      parameters: [query("code", "boolean", "false leaves the code out")],
      responses: { 200: found, 400: malformed, 403: forbidden, 404: missing, 409: conflict },
    },
    put: {
      summary: `Create or update an action ${where}`,
      tag: "Actions",
      parameters: [
        query("overwrite", "boolean", "true updates an action that exists"),
        body("action", ref("ActionPut"), true),
      ],
      responses: {
        200: found,
        400: malformed,
        403: forbidden,
        404: missing,
        409: conflict,
        413: failure("Code, parameters or annotations are too large"),
        415: failure("The body is not JSON"),
      },
    },
    delete: {
      summary: `Delete an action ${where}`,
      tag: "Actions",
      responses: { 200: found, 400: malformed, 403: forbidden, 404: missing, 409: conflict },
    },
    post: {
      summary: `Invoke an action ${where}`,
      tag: "Actions",
      parameters: [
        query("blocking", "boolean", "wait for the result"),
        query("result", "boolean", "of a blocking call, answer only the result"),
        query("timeout", "integer", "milliseconds to wait at most"),
        body("payload", ref("Payload"), false),
      ],
      responses: invocation,
    },
  };
}

const paths: Paths = {
  "/": {
    get: {
      summary: "Which API this is",
      tag: "About",
      open: true,
      responses: { 200: answer("Version and build", ref("ApiInfo")) },
    },
  },
  "/api-docs": {
    get: { summary: "This document", tag: "About", open: true, responses: { 200: { description: "Swagger 2.0" } } },
  },
  "/docs": {
    get: {
      summary: "A page that shows this document",
      tag: "About",
      open: true,
      responses: { 308: { description: "Where it is" } },
    },
  },
  "/docs/{file}": {
    get: {
      summary: "A file of that page",
      tag: "About",
      open: true,
      produces: ["text/html", "text/css", "text/javascript", "image/png"],
      responses: { 200: { description: "The file" }, 404: missing },
    },
  },
  "/namespaces": {
    get: {
      summary: "The namespace of the key",
      tag: "Namespaces",
      responses: { 200: answer("Its name", { type: "array", items: { type: "string" } }) },
    },
  },
  "/namespaces/{namespace}/limits": {
    get: {
      summary: "What holds in the namespace",
      tag: "Namespaces",
      responses: { 200: answer("The limits", ref("NamespaceLimits")), 400: malformed, 403: forbidden },
    },
  },
  "/namespaces/{namespace}/limits/{name}": {
    get: { summary: "Reserved", tag: "Namespaces", responses: { 400: malformed } },
  },
  "/namespaces/{namespace}/actions": {
    get: {
      summary: "All actions of a namespace",
      tag: "Actions",
      parameters: paging,
      responses: { 200: listAnswer("Summaries, newest first", "ActionSummary"), 400: malformed, 403: forbidden },
    },
  },
  "/namespaces/{namespace}/actions/{package}/": {
    get: {
      summary: "The actions of a package",
      tag: "Actions",
      parameters: paging,
      responses: {
        200: listAnswer("Summaries, newest first", "ActionSummary"),
        400: malformed,
        403: forbidden,
        404: missing,
        409: conflict,
        422: failure("Bindings refer in a circle"),
      },
    },
  },
  "/namespaces/{namespace}/actions/{name}": action("in the default package"),
  "/namespaces/{namespace}/actions/{package}/{name}": action("in a package"),
  ...entityPaths,
  "/namespaces/{namespace}/activations": {
    get: {
      summary: "Activations of a namespace",
      tag: "Activations",
      parameters: [
        ...paging,
        query("name", "string", "only of this action, or package/action"),
        query("since", "integer", "started then or later, in epoch milliseconds"),
        query("upto", "integer", "started then or earlier, in epoch milliseconds"),
        query("docs", "boolean", "whole records"),
      ],
      responses: { 200: listAnswer("Summaries, newest first", "ActivationSummary"), 400: malformed, 403: forbidden },
    },
  },
  "/namespaces/{namespace}/activations/{id}": {
    get: {
      summary: "One record",
      tag: "Activations",
      responses: { 200: answer("The record", ref("Activation")), 400: malformed, 403: forbidden, 404: missing },
    },
  },
  "/namespaces/{namespace}/activations/{id}/result": {
    get: {
      summary: "What came of an activation",
      tag: "Activations",
      responses: {
        200: answer("The response", ref("ActivationResponse")),
        400: malformed,
        403: forbidden,
        404: missing,
      },
    },
  },
  "/namespaces/{namespace}/activations/{id}/logs": {
    get: {
      summary: "What an activation printed",
      tag: "Activations",
      responses: { 200: answer("The lines", ref("ActivationLogs")), 400: malformed, 403: forbidden, 404: missing },
    },
  },
  ...webPaths,
};

/** The API under `/api/v1` as it is served. */
export const apiDocument = {
  swagger: "2.0",
  info: { title: "OpenWhisk REST API", version: "1.0.0", description: "API for OpenWhisk, served by Meringue" },
  basePath: "/api/v1",
  schemes: ["https", "http"],
  consumes: ["application/json"],
  produces: ["application/json"],
  securityDefinitions: { basicAuth: { type: "basic" } },
  security: [{ basicAuth: [] }],
  paths: describeAll(paths),
  definitions: { ...definitions, ...entityDefinitions },
} as const;
