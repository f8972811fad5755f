import { describe, expect, test } from "vitest";
import type { Method, Route } from "./route.ts";
import { router } from "./router.ts";

function route(method: Method, ...urls: string[]): Route {
  return { method, urls, operation: { tag: "", summary: "", answers: {} }, handle() {} } as unknown as Route;
}

const list = route("GET", "/things", "/things/");
const get = route("GET", "/things/:name");
const put = route("PUT", "/things/:name");
const special = route("GET", "/things/special/:part");
const inside = route("GET", "/things/:box/:name");
const below = route("GET", "/web/:space/:box/:name", "/web/:space/:box/:name/*");
const table = router([list, get, put, special, inside, below]);

describe("a router", () => {
  test.for([
    ["GET", "/things", list, {}],
    ["GET", "/things/", list, {}],
    ["GET", "/things/one", get, { name: "one" }],
    ["PUT", "/things/one", put, { name: "one" }],
    ["GET", "/things/special", get, { name: "special" }],
    ["GET", "/things/special/x", special, { part: "x" }],
    ["GET", "/things/a/b", inside, { box: "a", name: "b" }],
    ["GET", "/things/a/", inside, { box: "a", name: "" }],
    ["GET", "/web/a/b/c", below, { space: "a", box: "b", name: "c" }],
    ["GET", "/web/a/b/c/", below, { space: "a", box: "b", name: "c" }],
    ["GET", "/web/a/b/c/d/e", below, { space: "a", box: "b", name: "c" }],
    ["GET", "/th%69ngs/a%2Fb%20c", get, { name: "a/b c" }],
  ] as const)("%s %s", ([method, path, served, params]) => {
    expect(table.find(method, path)).toEqual({ route: served, params });
  });

  test.for([
    ["DELETE", "/things/one"],
    ["PUT", "/things"],
    ["GET", "/thing"],
    ["GET", "things"],
    ["GET", ""],
    ["GET", "/things/a/b/c"],
    ["GET", "/web/a/b"],
  ] as const)("takes nothing else: %s %s", ([method, path]) => {
    expect(table.find(method, path)).toBeUndefined();
  });

  test("tries a named segment where the literal one leads nowhere", () => {
    const both = router([route("GET", "/a/b/c"), route("GET", "/a/:x/d")]);
    expect(both.find("GET", "/a/b/d")?.params).toEqual({ x: "b" });
  });

  test("refuses what is not correctly encoded", () => {
    expect(() => table.find("GET", "/things/%zz")).toThrow(URIError);
  });
});
