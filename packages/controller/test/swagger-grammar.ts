import type { SchemaPart } from "@meringue/core";

/** Complaints about what is no Swagger 2.0, each with its place. Source: the OpenAPI Specification, version 2.0. */
export function swaggerFaults(document: SchemaPart): string[] {
  const faults: string[] = [];
  const at = (place: string, good: boolean, what: string): void => {
    if (!good) faults.push(`${place}: ${what}`);
  };
  const definitions = object(document["definitions"]);

  function keys(place: string, part: SchemaPart, needed: readonly string[], allowed: readonly string[]): void {
    for (const name of needed) at(place, Object.hasOwn(part, name), `has no ${name}`);
    for (const name of Object.keys(part)) {
      at(place, needed.includes(name) || allowed.includes(name) || name.startsWith("x-"), `may not have ${name}`);
    }
  }

  function schema(place: string, part: SchemaPart): void {
    keys(place, part, [], SCHEMA_WORDS);
    const { $ref: ref, type, items, properties, required } = part;
    if (ref !== undefined) {
      const name = String(ref).replace("#/definitions/", "");
      at(place, Object.hasOwn(definitions, name), `refers to ${String(ref)}, which is not there`);
      at(place, Object.keys(part).length === 1, "has words beside its $ref, which nobody reads");
    }
    if (type !== undefined) at(place, TYPES.includes(String(type)), `has the type ${String(type)}`);
    at(place, type !== "array" || items !== undefined, "is an array of nothing");
    if (items !== undefined) schema(`${place}.items`, object(items));
    for (const [name, member] of Object.entries(object(properties))) schema(`${place}.${name}`, object(member));
    for (const [index, member] of list(part["allOf"]).entries()) schema(`${place}.allOf[${index}]`, object(member));
    for (const [index, member] of list(part["x-oneOf"]).entries()) schema(`${place}.x-oneOf[${index}]`, object(member));
    const extra = part["additionalProperties"];
    if (typeof extra === "object") schema(`${place}.*`, object(extra));
    at(place, required === undefined || list(required).length > 0, "requires an empty list");
    for (const name of list(required))
      at(place, Object.hasOwn(object(properties), String(name)), `requires ${String(name)}`);
    words(place, part);
  }

  function words(place: string, part: SchemaPart): void {
    if (part["pattern"] !== undefined) at(place, isPattern(String(part["pattern"])), "has a pattern that is none");
    if (part["enum"] !== undefined) at(place, list(part["enum"]).length > 0, "is one of nothing");
    for (const word of ["description", "format", "title"]) {
      at(place, part[word] === undefined || typeof part[word] === "string", `has a ${word} that is no text`);
    }
    for (const word of ["minimum", "maximum"]) {
      at(place, part[word] === undefined || typeof part[word] === "number", `has a ${word} that is no number`);
    }
  }

  function parameter(place: string, part: SchemaPart): void {
    if (part["in"] === "body") {
      keys(place, part, ["name", "in", "schema"], ["description", "required"]);
      schema(place, object(part["schema"]));
      return;
    }
    at(place, ["path", "query", "header", "formData"].includes(String(part["in"])), "is nowhere");
    keys(place, part, ["name", "in", "type"], [...SIMPLE_WORDS, "required", "description"]);
    at(place, SIMPLE_TYPES.includes(String(part["type"])), `has the type ${String(part["type"])}`);
    at(place, part["in"] !== "path" || part["required"] === true, "of a path must be required");
    words(place, part);
  }

  function operation(place: string, path: string, part: SchemaPart): void {
    keys(place, part, ["responses"], OPERATION_WORDS);
    const parameters = list(part["parameters"]).map(object);
    for (const each of parameters) parameter(`${place} ${String(each["name"])}`, each);
    const ids = parameters.map((each) => `${String(each["in"])} ${String(each["name"])}`);
    at(place, new Set(ids).size === ids.length, "has two parameters of one name");
    at(place, parameters.filter((each) => each["in"] === "body").length <= 1, "has two bodies");
    const inPath = parameters.filter((each) => each["in"] === "path").map((each) => String(each["name"]));
    const braces = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
    at(place, inPath.toSorted().join() === braces.toSorted().join(), "declares other parameters than its path has");
    const responses = object(part["responses"]);
    at(place, Object.keys(responses).length > 0, "answers nothing");
    for (const [status, response] of Object.entries(responses)) {
      at(place, /^([1-5]\d\d|default)$/.test(status), `answers ${status}`);
      keys(`${place} ${status}`, object(response), ["description"], ["schema", "headers", "examples"]);
      if (object(response)["schema"] !== undefined) schema(`${place} ${status}`, object(object(response)["schema"]));
    }
    for (const need of list(part["security"]).map(object)) {
      for (const name of Object.keys(need)) {
        at(place, Object.hasOwn(object(document["securityDefinitions"]), name), `needs ${name}, which is not there`);
      }
    }
  }

  keys("document", document, ["swagger", "info", "paths"], ROOT_WORDS);
  at("document", document["swagger"] === "2.0", "is no Swagger 2.0");
  keys("info", object(document["info"]), ["title", "version"], ["description", "contact", "license", "termsOfService"]);
  const operationIds: string[] = [];
  const shapes: string[] = [];
  for (const [path, item] of Object.entries(object(document["paths"]))) {
    at(path, path.startsWith("/"), "does not begin with a slash");
    shapes.push(path.replaceAll(/\{\w+\}/g, "{}"));
    keys(path, object(item), [], METHODS);
    for (const [method, each] of Object.entries(object(item))) {
      operation(`${method} ${path}`, path, object(each));
      operationIds.push(String(object(each)["operationId"]));
    }
  }
  at("document", new Set(operationIds).size === operationIds.length, "has two operations of one id");
  at("document", new Set(shapes).size === shapes.length, "has two paths that mean the same");
  for (const [name, each] of Object.entries(definitions)) schema(name, object(each));
  const used = new Set(JSON.stringify(document).match(/#\/definitions\/\w+/g));
  for (const name of Object.keys(definitions)) at(name, used.has(`#/definitions/${name}`), "is defined for nothing");
  return faults;
}

const TYPES = ["string", "number", "integer", "boolean", "array", "object"];
const SIMPLE_TYPES = ["string", "number", "integer", "boolean", "array", "file"];
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "parameters"];
const SIMPLE_WORDS = [
  "format",
  "items",
  "default",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
];
const SCHEMA_WORDS = [
  ...SIMPLE_WORDS,
  ...["$ref", "title", "description", "type", "required", "properties", "additionalProperties", "allOf", "example"],
];
const OPERATION_WORDS = [
  ...["summary", "description", "tags", "operationId", "consumes", "produces", "parameters", "schemes", "security"],
  "deprecated",
];
const ROOT_WORDS = [
  ...["host", "basePath", "schemes", "consumes", "produces", "definitions", "parameters", "responses", "tags"],
  ...["securityDefinitions", "security", "externalDocs"],
];

function object(value: unknown): SchemaPart {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as SchemaPart) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
