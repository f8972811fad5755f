import { type Activation, type ActivationStore, encodeActivationSummary, pathFilter } from "@meringue/core";
import { describe, test } from "vitest";
import { anActivation } from "./activation-builders.ts";

const page = { skip: 0, limit: 30 };
const ids = (records: readonly Activation[]) => records.map((record) => record.activationId);
const at = (start: number, over: Partial<Activation> = {}) => anActivation({ start, end: start + 10, ...over });
const path = (value: string) => [{ key: "path", value }];

/** The contract of {@link ActivationStore}: each adapter's test file calls this with its own maker of empty stores. */
export function activationStoreContract(name: string, make: () => Promise<ActivationStore>): void {
  describe(`${name} as an activation store`, () => {
    recordsContract(make);
    byTimeContract(make);
    byNameContract(make);
  });
}

function recordsContract(make: () => Promise<ActivationStore>): void {
  test("a record can be got as soon as its put has resolved", async ({ expect }) => {
    const store = await make();
    const record = anActivation({ cause: "c".repeat(32), response: { statusCode: 1, result: { error: "no" } } });
    await store.put(record);

    expect(await store.get("guest", record.activationId)).toEqual(record);
  });

  test("a record need not have a result, an end or logs", async ({ expect }) => {
    const store = await make();
    const record = anActivation({ end: 0, response: { statusCode: 0 }, logs: [], annotations: [] });
    await store.put(record);

    expect(await store.get("guest", record.activationId)).toEqual(record);
  });

  test.for([[null], [false], [0], [""], [[]], [{ deep: { list: [1, "ü", null] } }]])(
    "a result may be %j",
    async ([result], { expect }) => {
      const store = await make();
      const record = anActivation({
        response: { statusCode: 0, result: result ?? null },
        logs: [`"\u0000\u2028 漢字 😀`],
      });
      await store.put(record);

      expect(await store.get("guest", record.activationId)).toEqual(record);
    },
  );

  test("a record is not there for another namespace, nor is one that was never put", async ({ expect }) => {
    const store = await make();
    const record = anActivation();
    await store.put(record);

    expect(await store.get("other", record.activationId)).toBeUndefined();
    expect(await store.get("guest", "0".repeat(32))).toBeUndefined();
  });

  test("of two records with one id the first wins, in every answer", async ({ expect }) => {
    const store = await make();
    const first = anActivation({ name: "first", annotations: [] });
    const second = { ...first, name: "second", start: first.start + 1 };
    await store.put(first);
    await store.put(second);
    await Promise.all([store.put(second), store.put(second)]);

    expect(await store.get("guest", first.activationId)).toEqual(first);
    expect(await store.list({ namespace: "guest" }, page)).toEqual([first]);
    expect(await store.count({ namespace: "guest" })).toBe(1);
    expect(await store.count({ namespace: "guest", name: "second" })).toBe(0);
  });

  test("many records at once all arrive", async ({ expect }) => {
    const store = await make();
    const records = Array.from({ length: 500 }, (_, i) => at(i, { logs: ["x".repeat(i)] }));
    await Promise.all(records.map((record) => store.put(record)));

    expect(await store.count({ namespace: "guest" })).toBe(500);
    expect(await store.list({ namespace: "guest" }, { skip: 100, limit: 2 })).toEqual([records[399], records[398]]);
  });

  test("a large record arrives whole", async ({ expect }) => {
    const store = await make();
    const record = anActivation({ logs: Array.from({ length: 30_000 }, (_, i) => `${i} ${"é".repeat(50)}`) });
    await store.put(record);

    expect(await store.get("guest", record.activationId)).toEqual(record);
  });

  test("a summary has all that a listing shows", async ({ expect }) => {
    const store = await make();
    const record = anActivation({ cause: "c".repeat(32), response: { statusCode: 2, result: { error: "no" } } });
    await store.put(record);

    const [summary] = await store.list({ namespace: "guest" }, page, "summary");

    expect(summary && encodeActivationSummary(summary)).toEqual(encodeActivationSummary(record));
  });
}

function byTimeContract(make: () => Promise<ActivationStore>): void {
  test("a listing has the newest start first, whatever the order of writing", async ({ expect }) => {
    const store = await make();
    const [middle, oldest, newest] = [at(20), at(10), at(30)];
    for (const record of [middle, oldest, newest]) await store.put(record);

    expect(await store.list({ namespace: "guest" }, page)).toEqual([newest, middle, oldest]);
  });

  test("pages follow each other without gap or overlap, even when all started at once", async ({ expect }) => {
    const store = await make();
    const records = Array.from({ length: 7 }, () => at(5));
    for (const record of records) await store.put(record);
    const query = { namespace: "guest" };
    const pages = [
      await store.list(query, { skip: 0, limit: 3 }),
      await store.list(query, { skip: 3, limit: 3 }),
      await store.list(query, { skip: 6, limit: 3 }),
      await store.list(query, { skip: 9, limit: 3 }),
      await store.list(query, { skip: 0, limit: 0 }),
    ];

    expect(pages.map((each) => each.length)).toEqual([3, 3, 1, 0, 0]);
    expect(new Set(ids(pages.flat()))).toEqual(new Set(ids(records)));
    expect(await store.list(query, { skip: 3, limit: 3 })).toEqual(pages[1]);
  });

  test("since and upto both include the moment they name", async ({ expect }) => {
    const store = await make();
    const records = [10, 20, 30, 40].map((start) => at(start));
    for (const record of records) await store.put(record);
    const starts = async (range: { since?: number; upto?: number }) => {
      const query = { namespace: "guest", ...range };
      const listed = (await store.list(query, page)).map((record) => record.start);
      expect(await store.count(query)).toBe(listed.length);
      return listed;
    };

    expect(await starts({ since: 20, upto: 30 })).toEqual([30, 20]);
    expect(await starts({ since: 30 })).toEqual([40, 30]);
    expect(await starts({ upto: 10 })).toEqual([10]);
    expect(await starts({ since: 30, upto: 20 })).toEqual([]);
  });

  test("a namespace sees its own records only", async ({ expect }) => {
    const store = await make();
    const own = at(1);
    await store.put(own);
    await store.put(at(2, { namespace: "guest2" }));

    expect(await store.list({ namespace: "guest" }, page)).toEqual([own]);
    expect(await store.count({ namespace: "guest" })).toBe(1);
    expect(await store.count({ namespace: "nobody" })).toBe(0);
  });
}

function byNameContract(make: () => Promise<ActivationStore>): void {
  test("a name finds default-package actions, a packaged one is found with its package only", async ({ expect }) => {
    const store = await make();
    const plain = at(1, { annotations: path("guest/hello") });
    const packed = at(2, { annotations: path("guest/pkg/hello") });
    const bound = at(3, {
      annotations: [...path("whisk.system/utils/hello"), { key: "binding", value: "guest/mine" }],
    });
    const trigger = at(4, { annotations: [], end: 0 });
    for (const record of [plain, packed, bound, trigger]) await store.put(record);
    const found = async (name: string) => {
      const query = { namespace: "guest", name };
      const listed = await store.list(query, page);
      expect(await store.count(query)).toBe(listed.length);
      return listed;
    };

    expect(await found("hello")).toEqual([trigger, plain]);
    expect(await found("pkg/hello")).toEqual([packed]);
    expect(await found("mine/hello")).toEqual([bound]);
    expect(await found("utils/hello")).toEqual([]);
    expect(await found("hell")).toEqual([]);
  });

  test("a name and a time can be asked for together", async ({ expect }) => {
    const store = await make();
    for (const start of [1, 2, 3]) {
      await store.put(at(start, { name: "a", annotations: [] }));
      await store.put(at(start, { name: "b", annotations: [] }));
    }
    const query = { namespace: "guest", name: "b", since: 2, upto: 3 };
    const listed = await store.list(query, page);

    expect(listed.map((record) => [pathFilter(record), record.start])).toEqual([
      ["b", 3],
      ["b", 2],
    ]);
    expect(await store.count(query)).toBe(2);
    expect(await store.count({ namespace: "guest", name: "b" })).toBe(3);
  });
}
