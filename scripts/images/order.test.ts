import { describe, test } from "vitest";
import { IMAGES, type ImageRecipe } from "./list.ts";
import { chooseImages, runTasks, type Task } from "./order.ts";

function recipe(name: string, more: Partial<ImageRecipe> = {}): ImageRecipe {
  return { name, tags: [name], dockerfile: "native", runtimes: [], ...more };
}

const ALL = [recipe("base"), recipe("other"), recipe("derived", { from: "base" }), recipe("later", { after: "base" })];

/** Tasks that end when they are told to, and what has begun so far. */
function stage(...rows: readonly (readonly [name: string, ...after: string[]])[]) {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const tasks = rows.map(([name, ...after]): Task => {
    const end = Promise.withResolvers<void>();
    ends.set(name, end);
    const run = (): Promise<void> => {
      begun.push(name);
      return end.promise;
    };
    return { name, after, run };
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    tasks,
    begun,
    async end(name: string, error?: Error): Promise<void> {
      if (error === undefined) ends.get(name)?.resolve();
      else ends.get(name)?.reject(error);
      await turn();
    },
  };
}

describe("the choice of images", () => {
  test("brings what they are built on, and not what they merely come after", ({ expect }) => {
    const names = (wanted: readonly string[]) => chooseImages(ALL, wanted).map(({ name }) => name);
    expect(names([])).toEqual(["base", "other", "derived", "later"]);
    expect(names(["derived"])).toEqual(["base", "derived"]);
    expect(names(["later"])).toEqual(["later"]);
  });

  test("leaves out the versions between, unless they are named or all are wanted", ({ expect }) => {
    const some = [recipe("old"), recipe("middle", { between: true }), recipe("new")];
    const names = (wanted: readonly string[], all?: boolean) => chooseImages(some, wanted, all).map(({ name }) => name);
    expect(names([])).toEqual(["old", "new"]);
    expect(names([], true)).toEqual(["old", "middle", "new"]);
    expect(names(["middle"])).toEqual(["middle"]);
  });

  test("refuses a name that there is none of", ({ expect }) => {
    expect(() => chooseImages(ALL, ["base", "x"])).toThrow("no such image: x; there are base, other, derived, later");
  });

  test("finds everything that our images wait for before them", ({ expect }) => {
    IMAGES.forEach(({ name, from, after }, index) => {
      const before = IMAGES.slice(0, index).map((image) => image.name);
      for (const needed of [from, after]) if (needed !== undefined) expect(before, name).toContain(needed);
    });
    expect(new Set(IMAGES.flatMap(({ tags }) => tags)).size).toBe(IMAGES.flatMap(({ tags }) => tags).length);
  });
});

describe("tasks", () => {
  test("are done so many at a time, each after what it waits for", async ({ expect }) => {
    const { tasks, begun, end } = stage(["a"], ["b", "a", "not to be done"], ["c"], ["d"]);
    const done = runTasks(tasks, 2);
    expect(begun).toEqual(["a", "c"]);
    await end("c");
    expect(begun).toEqual(["a", "c", "d"]);
    await end("a");
    expect(begun).toEqual(["a", "c", "d", "b"]);
    await end("d");
    await end("b");
    await expect(done).resolves.toBeUndefined();
  });

  test("end with the first failure, after what had been begun", async ({ expect }) => {
    const { tasks, begun, end } = stage(["a"], ["b"], ["c"]);
    const done = runTasks(tasks, 2);
    const failure = expect(done).rejects.toThrow("no mirror");
    await end("a", new Error("no mirror"));
    await end("b");
    await failure;
    expect(begun).toEqual(["a", "b"]);
  });

  test("that wait for each other are refused", async ({ expect }) => {
    const { tasks } = stage(["a", "b"], ["b", "a"]);
    await expect(runTasks(tasks, 2)).rejects.toThrow("waiting for each other: a, b");
  });
});
