import type { SchemaPart } from "@meringue/core";
import type { AppDependencies } from "../src/index.ts";
import { routes } from "../src/routes.ts";
import { swaggerDocument } from "../src/swagger/document.ts";
import { difference } from "./conforms.ts";

/** What any call may answer without saying so: the request was too large, or could not be served at all. */
const GENERAL: readonly number[] = [405, 406, 408, 413, 414, 415, 431, 500, 503];

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly json: unknown;
}

interface Documents {
  readonly api: SchemaPart;
  readonly root: SchemaPart;
}

let documents: Documents | undefined;

/** From now on {@link undocumented} knows what is served. */
export function holdAgainstDocument(deps: AppDependencies): void {
  documents ??= documentsOf(deps);
}

/** Both documents of an API, with the operators' routes. */
export function documentsOf(deps: AppDependencies): Documents {
  const served = routes({ ...deps, operatorRoutes: true });
  return { api: swaggerDocument("api", served, deps), root: swaggerDocument("root", served, deps) };
}

/** Why an answer is not as the document tells: its status, or its body. Undefined when it is, and for web actions. */
export function undocumented(method: string, url: string, answer: Answered): string | undefined {
  if (documents === undefined) return undefined;
  const [path = ""] = url.split("?", 1);
  const inApi = /^\/api\/v1(\/|$)/.test(path);
  const document = inApi ? documents.api : documents.root;
  const operation = operationAt(document, method, inApi ? path.slice("/api/v1".length) || "/" : path);
  if (operation === undefined || (operation["tags"] as readonly string[])[0] === "Web actions") return undefined;
  const responses = operation["responses"] as Readonly<Record<string, SchemaPart>>;
  const response = responses[answer.status] ?? (GENERAL.includes(answer.status) ? responses["default"] : undefined);
  const call = `${method} ${path} answered ${answer.status}`;
  if (response === undefined) return `${call}, which its document does not tell: ${JSON.stringify(answer.json)}`;
  if (answer.headers["content-type"] !== "application/json") return undefined;
  const schema = response["schema"] as SchemaPart | undefined;
  if (schema === undefined) return `${call} with a body that its document does not tell`;
  const found = difference(schema, answer.json, document["definitions"] as SchemaPart);
  return found === undefined ? undefined : `${call}, but not as its document tells: ${found}`;
}

/** The operation that serves a path: one that names it wholly comes before one that takes any name there. */
export function operationAt(document: SchemaPart, method: string, path: string): SchemaPart | undefined {
  const paths = document["paths"] as Readonly<Record<string, SchemaPart>>;
  const found = Object.keys(paths)
    .filter((template) => pattern(template).test(path))
    .toSorted((a, b) => a.split("{").length - b.split("{").length)[0];
  return found === undefined ? undefined : (paths[found]?.[method.toLowerCase()] as SchemaPart | undefined);
}

function pattern(template: string): RegExp {
  const source = template
    .replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&")
    .replace("{path}", ".+")
    .replaceAll(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${source}${template.endsWith("/") ? "" : "/?"}$`);
}
