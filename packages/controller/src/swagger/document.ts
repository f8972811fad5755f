import type { Deployment, SchemaPart } from "@meringue/core";
import type { FailureStatus, GoodAnswer, Operation } from "../operation.ts";
import type { Method, Route } from "../route.ts";
import { hoist } from "./hoist.ts";
import { pathParameter } from "./path-parameters.ts";
import { shapes } from "./shapes.ts";

/** Which routes a document tells of: those under `/api/v1`, or all others. */
export type DocumentScope = "api" | "root";

const API = "/api/v1";

const HEADS: Readonly<Record<DocumentScope, SchemaPart>> = {
  api: {
    info: { title: "OpenWhisk REST API", version: "1.0.0", description: "API for OpenWhisk, served by Meringue" },
    basePath: API,
    schemes: ["https", "http"],
  },
  root: {
    info: { title: "OpenWhisk", version: "1.0.0", description: "The deployment itself, served by Meringue" },
    basePath: "/",
    schemes: ["https", "http"],
  },
};

const FAILURES: Readonly<Record<FailureStatus, string>> = {
  400: "Malformed request",
  401: "No, or unknown, credentials",
  403: "Not allowed",
  404: "There is no such thing",
  406: "The answer is of no type that the caller accepts",
  409: "The name belongs to another type of entity, or somebody else wrote at the same time",
  413: "The body, or something in it, is too large",
  415: "The body is not JSON",
  422: "Bindings refer in a circle",
  429: "Too many requests",
  501: "Not served",
  502: "The action failed",
  503: "The activation cannot be placed now",
};

/** The Swagger 2.0 document of the routes in a scope. @throws Error for a bug: two definitions of one name. */
export function swaggerDocument(scope: DocumentScope, routes: readonly Route[], deployment: Deployment): SchemaPart {
  const paths: Record<string, Record<string, SchemaPart>> = {};
  for (const route of routes) {
    for (const path of documentedPaths(route, scope)) {
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, path, deployment) };
    }
  }
  const { part, definitions } = hoist(paths);
  return {
    swagger: "2.0",
    ...HEADS[scope],
    consumes: ["application/json"],
    produces: ["application/json"],
    securityDefinitions: { basicAuth: { type: "basic" } },
    security: [{ basicAuth: [] }],
    paths: part,
    definitions,
  };
}

/** `/namespaces/{namespace}`, a slash at the end left out where both forms are served. */
function documentedPaths({ urls }: Route, scope: DocumentScope): string[] {
  return urls
    .filter((url) => !urls.includes(url.slice(0, -1)) && isApi(url) === (scope === "api"))
    .map((url) => (scope === "api" ? url.slice(API.length) || "/" : url))
    .map((url) => url.replaceAll(/:(\w+)/g, "{$1}").replace("*", "{path}"));
}

function isApi(url: string): boolean {
  return url === API || url.startsWith(`${API}/`);
}

function operationOf(route: Route, path: string, deployment: Deployment): SchemaPart {
  const { operation, open = false, operator = false, method } = route;
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  return {
    summary: operation.summary,
    tags: [operation.tag],
    operationId: operationId(method, path),
    parameters: [
      ...names.map((name) => pathParameter(name, path)),
      ...(operation.query ?? []).map(({ name, words }) => ({ name, in: "query", required: false, ...words })),
      ...bodyParameter(operation, deployment),
    ],
    responses: responsesOf(operation, refusalsOf(operation, open, operator), deployment),
    ...(open && operation.failures?.includes(401) !== true ? { security: [] } : {}),
    ...(operation.produces === undefined ? {} : { produces: operation.produces }),
  };
}

/** Unique, and the same as long as method and path are: generated clients name their functions by it. */
function operationId(method: Method, path: string): string {
  const words = path.split(/[^a-zA-Z]+/).filter((word) => word !== "");
  return [method.toLowerCase(), ...words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))].join("");
}

function bodyParameter({ body }: Operation, deployment: Deployment): SchemaPart[] {
  if (body === undefined) return [];
  return [{ name: body.name, in: "body", required: body.required, schema: body.schema.describe(deployment) }];
}

/** For whom an operator's call is not there, it is not found. */
function refusalsOf({ failures = [] }: Operation, open: boolean, operator: boolean): FailureStatus[] {
  return [...(open ? [] : [401 as const]), ...failures, ...(operator ? [404 as const] : [])];
}

function responsesOf({ answers }: Operation, refusals: readonly FailureStatus[], deployment: Deployment): SchemaPart {
  const error = shapes.ErrorMessage(deployment);
  return {
    ...Object.fromEntries(refusals.map((status) => [status, { description: FAILURES[status], schema: error }])),
    ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer, deployment)])),
    default: { description: "Any other failure", schema: error },
  };
}

function responseOf({ says, shape, list, orAny }: GoodAnswer, deployment: Deployment): SchemaPart {
  if (shape === undefined) return { description: says };
  const schema = shapes[shape](deployment);
  if (list === true) {
    const description = `${says}; with count=true how many, by the collection's name`;
    return { description, schema: { type: "array", items: schema, "x-or": shapes.Counted(deployment) } };
  }
  return { description: says, schema: orAny === true ? { allOf: [schema], "x-or": {} } : schema };
}
