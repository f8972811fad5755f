import { anAction } from "@meringue/testkit";
import { describe, test } from "vitest";
import { cachedCode } from "./code-cache.ts";

const action = (id: string, rev = "1") => ({ id, rev, action: anAction() });

/** A store whose code is the action's id and revision, padded to a length. */
function world(length: number) {
  const asked: string[] = [];
  const read = cachedCode(async ({ id, rev }) => {
    asked.push(`${id}@${rev}`);
    return id === "none" ? undefined : `${id}@${rev}`.padEnd(length);
  }, 100);
  return { asked, read };
}

describe("code that is kept in memory", () => {
  test("is read once a revision", async ({ expect }) => {
    const { asked, read } = world(10);
    expect(await read(action("a"))).toBe("a@1       ");
    expect(await read(action("a"))).toBe("a@1       ");
    expect(await read(action("a", "2"))).toBe("a@2       ");

    expect(asked).toEqual(["a@1", "a@2"]);
  });

  test("makes room: what was not used for longest goes first", async ({ expect }) => {
    const { asked, read } = world(40);
    for (const id of ["a", "b", "a", "c"]) await read(action(id));
    asked.length = 0;
    await read(action("a"));
    await read(action("b"));

    expect(asked).toEqual(["b@1"]);
  });

  test("is not kept when it is too large, or when there is none", async ({ expect }) => {
    const { asked, read } = world(101);
    for (const id of ["a", "a", "none", "none"]) await read(action(id));

    expect(asked).toHaveLength(4);
  });
});
