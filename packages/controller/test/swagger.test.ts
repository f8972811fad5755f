import type { SchemaPart } from "@meringue/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Route } from "../src/route.ts";
import { hoist } from "../src/swagger/hoist.ts";
import { call } from "./call.ts";
import { difference } from "./conforms.ts";
import { documentsOf } from "./documented.ts";
import { swaggerFaults } from "./swagger-grammar.ts";
import { basic, startWorld, type World } from "./world.ts";

let world: World;
let api: SchemaPart;
let root: SchemaPart;

beforeAll(async () => {
  world = await startWorld();
  api = (await call(world.url, "/api/v1/api-docs")).json as unknown as SchemaPart;
  root = (await call(world.url, "/api-docs")).json as unknown as SchemaPart;
});

afterAll(() => world.close());

function calls(document: SchemaPart): { readonly path: string; readonly method: string }[] {
  return Object.entries(document["paths"] as SchemaPart).flatMap(([path, operations]) =>
    Object.keys(operations as SchemaPart).map((method) => ({ path, method: method.toUpperCase() })),
  );
}

describe("the swagger documents", () => {
  test("are valid Swagger 2.0", () => {
    expect(swaggerFaults(api)).toEqual([]);
    expect(swaggerFaults(root)).toEqual([]);
  });

  test("tell only of calls that are served", async () => {
    const headers = { Authorization: basic(world.guest) };
    for (const [document, base] of [
      [api, "/api/v1"],
      [root, ""],
    ] as const) {
      for (const { path, method } of calls(document)) {
        if (path === "/disable") continue;
        const url = `${base}${path}`.replaceAll("{namespace}", "_").replaceAll(/\{\w+\}/g, "none");
        const { status, text } = await call(world.url, url, { method, headers });
        const unserved = status === 405 || text.includes("The requested resource could not be found.");
        // Of the files of the page there are some, but none is called none.
        expect([method, path, unserved && !path.endsWith("{file}")]).toEqual([method, path, false]);
      }
    }
  });

  test("leave out what is not served", async () => {
    const closed = await startWorld({ operatorRoutes: false });
    const { json } = await call(closed.url, "/api-docs");
    await closed.close();
    expect(Object.keys(json["paths"] as object)).toEqual(["/api-docs", "/ping", "/", "/docs", "/docs/{file}"]);
  });

  test("have the bounds and the kinds of the deployment", async () => {
    const limits = { ...world.deps.limits, listMax: 77, memoryMb: [1, 2, 3] as const };
    const documents = documentsOf({ ...world.deps, limits });
    const text = JSON.stringify(documents.api);
    expect(text).toContain('"maximum":77');
    expect(documents.api).toHaveProperty("definitions.ActionLimits.properties.memory", {
      ...{ type: "integer", format: "int64", description: "megabytes" },
      ...{ minimum: 1, maximum: 3, "x-nullable": true },
    });
    const kinds = (api as unknown as Spec).definitions.Exec.properties.kind.enum;
    expect(kinds).toEqual(expect.arrayContaining(["nodejs:24", "aged:2", "strict:1", "blackbox", "sequence"]));
    expect(kinds).not.toContain("aged:1");
  });

  test("show what a route says of itself", async () => {
    const { swaggerDocument } = await import("../src/swagger/document.ts");
    const added: Route = {
      method: "PUT",
      urls: ["/api/v1/namespaces/:namespace/things/:name"],
      operation: {
        tag: "Things",
        summary: "Put a thing",
        query: [{ name: "force", words: { type: "boolean" }, read: () => true }],
        body: { name: "thing", schema: { describe: () => ({ title: "Thing", type: "object" }) }, required: true },
        answers: { 200: { says: "It", shape: "Count" } },
        failures: [400],
      },
      handle: () => undefined,
    };
    const document = swaggerDocument("api", [added], world.deps);
    expect(swaggerFaults(document)).toEqual([]);
    expect(document).toMatchObject({
      paths: {
        "/namespaces/{namespace}/things/{name}": {
          put: {
            operationId: "putNamespacesNamespaceThingsName",
            parameters: [
              { name: "namespace", in: "path", required: true },
              { name: "name", in: "path", required: true },
              { name: "force", in: "query", required: false, type: "boolean" },
              { name: "thing", in: "body", required: true, schema: { $ref: "#/definitions/Thing" } },
            ],
            responses: { 200: { description: "It" }, 400: {}, 401: {}, default: {} },
          },
        },
      },
      definitions: { Thing: { type: "object" }, ErrorMessage: {} },
    });
  });
});

interface Spec {
  readonly definitions: { readonly Exec: { readonly properties: { readonly kind: { readonly enum: string[] } } } };
}

describe("a definition", () => {
  test("is taken out wherever it is used, and is one", () => {
    const part = { title: "A", type: "string" };
    expect(hoist({ x: part, y: { items: part } })).toEqual({
      part: { x: { $ref: "#/definitions/A" }, y: { items: { $ref: "#/definitions/A" } } },
      definitions: { A: { type: "string" } },
    });
    expect(() => hoist({ x: part, y: { title: "A", type: "object" } })).toThrow("two definitions of A");
  });
});

describe("what holds answers against the documents", () => {
  const schema = { type: "object", required: ["a"], properties: { a: { type: "integer" }, b: { type: "string" } } };

  test.each([
    [{ a: 1 }, undefined],
    [{ a: 1, b: "x" }, undefined],
    [{ b: "x" }, "$ has no a"],
    [{ a: 1.5 }, "$.a is no integer: 1.5"],
    [{ a: 1, c: 2 }, "$ has c, which is in no document"],
    [[], "$ is no object: []"],
  ])("says of %j: %s", (value, complaint) => {
    expect(difference(schema, value, {})).toBe(complaint);
  });

  test.each<[object, string]>([
    [{ swagger: "3.0" }, "document: is no Swagger 2.0"],
    [{ info: {} }, "info: has no title"],
    [{ paths: { x: {} } }, "x: does not begin with a slash"],
    [
      { paths: { "/{a}": { get: { responses: { 200: { description: "" } } } } } },
      "get /{a}: declares other parameters",
    ],
    [{ paths: { "/": { get: { responses: {} } } } }, "get /: answers nothing"],
    [{ paths: { "/": { get: { responses: { 200: {} } } } } }, "get / 200: has no description"],
    [{ definitions: { A: { $ref: "#/definitions/B" } } }, "A: refers to #/definitions/B, which is not there"],
    [{ definitions: { A: { type: "array" } } }, "A: is an array of nothing"],
    [{ definitions: { A: { oneOf: [] } } }, "A: may not have oneOf"],
    [{ definitions: { A: {} } }, "A: is defined for nothing"],
  ])("and of a document with %j: %s", (change, complaint) => {
    const found = swaggerFaults({ ...api, ...change } as SchemaPart);
    expect(
      found.some((fault) => fault.startsWith(complaint)),
      found.join("\n"),
    ).toBe(true);
  });
});
