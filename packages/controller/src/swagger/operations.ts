/** A parameter, schema, response or any other part of a swagger document. */
export interface Part {
  readonly [key: string]: Part | string | number | boolean | readonly (Part | string | number | boolean)[];
}

/** What one call is, in the words of a swagger document. */
export interface Operation {
  readonly summary: string;
  readonly tag: string;
  /** Parameters; those in braces of the path are added by themselves. */
  readonly parameters?: readonly Part[];
  /** Answers by status; those that every call may give are added by themselves. */
  readonly responses: Readonly<Record<number, Part>>;
  /** Whether it takes no credentials. */
  readonly open?: boolean;
  readonly produces?: readonly string[];
}

/** A reference to one of the document's definitions. */
export function ref(name: string): Part {
  return { $ref: `#/definitions/${name}` };
}

/** An answer with a body. */
export function answer(description: string, schema: Part): Part {
  return { description, schema };
}

/** An answer with a list of what a definition describes. */
export function listAnswer(description: string, name: string): Part {
  return { description, schema: { type: "array", items: ref(name) } };
}

/** An answer that carries an error. */
export function failure(description: string): Part {
  return { description, schema: ref("ErrorMessage") };
}

/** A parameter of the query. */
export function query(name: string, type: "boolean" | "integer" | "string", description: string): Part {
  return { name, in: "query", type, description, required: false };
}

/** The body. */
export function body(name: string, schema: Part, required: boolean): Part {
  return { name, in: "body", schema, required };
}

/** The operation as it stands in a document. @param path such as `/namespaces/{namespace}/actions/{name}`. */
export function describe(path: string, operation: Operation): Part {
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const inPath = names.map((name) => ({ name, in: "path", type: "string", required: true }));
  const common = operation.open === true ? {} : { 401: failure("No, or unknown, credentials") };
  return {
    summary: operation.summary,
    tags: [operation.tag],
    parameters: [...inPath, ...(operation.parameters ?? [])],
    responses: { ...operation.responses, ...common, 500: failure("Server error") },
    ...(operation.open === true ? { security: [] } : {}),
    ...(operation.produces === undefined ? {} : { produces: operation.produces }),
  };
}

/** Operations by path and method. */
export type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** All paths as they stand in a document. */
export function describeAll(paths: Paths): Part {
  return Object.fromEntries(
    Object.entries(paths).map(([path, operations]) => [
      path,
      Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, describe(path, operation)])),
    ]),
  );
}
