import { describe, expect, test } from "vitest";
import type { Route } from "../src/route.ts";
import { routes } from "../src/routes.ts";
import { apiDocument } from "../src/swagger/api-document.ts";
import { infoDocument } from "../src/swagger/info-document.ts";
import { startWorld } from "./world.ts";

const BASE = "/api/v1";

/** `GET /namespaces/{namespace}`, a slash at the end left out where both forms are served. */
function served(all: readonly Route[], inApi: boolean): string[] {
  return all
    .flatMap(({ method, urls }) =>
      urls.filter((url) => !urls.includes(url.slice(0, -1))).map((url) => ({ method, url })),
    )
    .filter(({ url }) => url.startsWith(BASE) === inApi)
    .map(({ method, url }) => ({ method, path: inApi ? url.slice(BASE.length) || "/" : url }))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}").replace("*", "{path}")}`)
    .sort();
}

function documented(paths: object): string[] {
  return Object.entries(paths)
    .flatMap(([path, operations]) =>
      Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
    )
    .sort();
}

describe("the swagger documents", () => {
  test("tell every route that is served, and no other", async () => {
    const world = await startWorld();
    const all = routes({ ...world.deps, inFlight: { list: () => [], size: 0 } });
    await world.close();
    expect(documented(apiDocument.paths)).toEqual(served(all, true));
    expect(documented(infoDocument.paths)).toEqual(served(all, false));
  });

  test.each([
    ["api", apiDocument],
    ["info", infoDocument],
  ] as const)("of the %s refer only to shapes that they define", (_name, document) => {
    const refs = [...JSON.stringify(document).matchAll(/"#\/definitions\/(\w+)"/g)].map(([, name]) => name);
    expect(Object.keys(document.definitions)).toEqual(expect.arrayContaining(refs));
  });
});
