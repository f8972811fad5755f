import type { JsonObject } from "@meringue/core";

/** Functions that maps may call. Each is written into every map that names it: a map is one function to CouchDB. */
const HELPERS = {
  /** What the listing of an entity shows. */
  summaryOf: `function summaryOf(doc) {
    return {
      namespace: doc.namespace,
      name: doc.name,
      version: doc.version,
      publish: doc.publish,
      annotations: doc.annotations,
      updated: doc.updated
    };
  }`,
  /** An entity in a package is listed under the package, and under its namespace. */
  emitUnderPath: `function emitUnderPath(doc, value) {
    var root = String(doc.namespace).split("/")[0];
    emit([doc.namespace, doc.updated], value);
    if (root !== doc.namespace) emit([root, doc.updated], value);
  }`,
  /** What the listing of an activation shows. What never ends has no end, duration or status. */
  recordOf: `function recordOf(doc) {
    var value = {
      namespace: doc.namespace,
      name: doc.name,
      version: doc.version,
      publish: doc.publish,
      annotations: doc.annotations,
      activationId: doc.activationId,
      start: doc.start,
      cause: doc.cause
    };
    if (doc.end !== 0) {
      value.end = doc.end;
      value.duration = doc.end - doc.start;
      if (doc.response) value.statusCode = doc.response.statusCode;
    }
    return value;
  }`,
  /** The last annotation of a name, undefined when there is none. */
  annotationOf: `function annotationOf(doc, key) {
    var found;
    (doc.annotations || []).forEach(function (each) { if (each.key === key) found = each.value; });
    return found;
  }`,
} as const;

export type Helper = keyof typeof HELPERS;

/** The text of a map function, in the JavaScript of 2009 that CouchDB's query server speaks. */
export function mapFunction(body: string, ...helpers: readonly Helper[]): string {
  return ["function (doc) {", ...helpers.map((name) => `  ${HELPERS[name]}`), body.trimEnd(), "}"].join("\n");
}

/** A design document that upstream's components know by its name. */
export interface DesignDocument {
  /** Without `_design/`. */
  readonly name: string;
  readonly views: Readonly<Record<string, { readonly map: string; readonly reduce?: "_count" | "_sum" }>>;
  readonly filters?: Readonly<Record<string, string>>;
}

/** The document to store. */
export function designJson({ name, views, filters }: DesignDocument): JsonObject {
  return {
    _id: `_design/${name}`,
    language: "javascript",
    views: Object.fromEntries(Object.entries(views).map(([view, functions]) => [view, { ...functions }])),
    ...(filters === undefined ? {} : { filters: { ...filters } }),
  };
}
