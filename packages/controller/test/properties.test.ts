import { type EntityName, isEntityName } from "@meringue/core";
import { anAction } from "@meringue/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "./call.ts";
import { basic, startWorld, type World } from "./world.ts";

const actions = "/api/v1/namespaces/_/actions";

describe("for any", () => {
  let world: World;
  let headers: Record<string, string>;

  beforeAll(async () => {
    world = await startWorld();
    headers = { authorization: basic(world.guest) };
  });

  afterAll(() => world.close());

  const nearName = fc.oneof(
    fc.stringMatching(/^[\w@ .&-]{1,12}$/),
    fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).filter((name) => name.isWellFormed()),
    fc.stringMatching(/^[a-z]{250,260}$/),
  );

  test("name in a URL: a good one comes back as it was sent, any other is refused and never a surprise", async () => {
    await fc.assert(
      fc.asyncProperty(nearName, async (name) => {
        // A dot segment is resolved before anybody looks for names.
        fc.pre(name !== "." && name !== "..");
        const path = `${actions}/${encodeURIComponent(name)}`;
        const body = { exec: { kind: "nodejs:24", code: "x" } };
        const answer = await call(world.url, `${path}?overwrite=true`, { method: "PUT", headers, body });
        if (isEntityName(name)) expect(answer.json).toMatchObject({ name });
        else expect(answer.json["error"]).toMatch(/illegal characters\.$|^Name segement longer than allowed/);
        expect(answer.status).toBe(isEntityName(name) ? 200 : 400);
      }),
      { numRuns: 150 },
    );
  });

  test("window on a list: the same as on an array of them, newest first", async () => {
    const paged = await startWorld();
    const updated = Array.from({ length: 60 }, (_, index) => 1000 + ((index * 37) % 60));
    await paged.store(...updated.map((at) => anAction({ name: `a${at}` as EntityName, updated: at })));
    const model = updated.toSorted((a, b) => b - a).map((at) => `a${at}`);
    await fc.assert(
      fc.asyncProperty(fc.nat(80), fc.nat(200), async (skip, limit) => {
        const list = await call(paged.url, `${actions}?skip=${skip}&limit=${limit}`, {
          headers: { authorization: basic(paged.guest) },
        });
        const count = await call(paged.url, `${actions}?count=true&skip=${skip}&limit=${limit}`, {
          headers: { authorization: basic(paged.guest) },
        });
        const rows = limit === 0 ? 200 : limit;
        expect(list.json.map((each) => (each as { name: string }).name)).toEqual(model.slice(skip, skip + rows));
        expect(count.json).toEqual({ actions: Math.max(0, model.length - skip) });
      }),
      { numRuns: 80 },
    );
    await paged.close();
  });

  test("JSON value as a PUT's body: an answer with an error that is not a bug", async () => {
    const field = fc.constantFrom(
      "exec",
      "parameters",
      "annotations",
      "limits",
      "version",
      "publish",
      "delAnnotations",
      "code",
      "kind",
    );
    const body = fc.oneof(
      fc.json(),
      fc.dictionary(field, fc.jsonValue()).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const answer = await call(world.url, `${actions}/any?overwrite=true`, {
          method: "PUT",
          headers: { ...headers, "Content-Type": "application/json" },
          body: text,
        });
        expect(answer.status, text).toBe(400);
        expect(answer.json).toEqual({ error: expect.any(String), code: answer.headers["x-request-id"] });
      }),
      { numRuns: 200 },
    );
  });
});
