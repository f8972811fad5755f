import { describe, test } from "vitest";
import { parseDbCommand } from "./parse-db-command.ts";

const parse = (line: string) => parseDbCommand(line.split(" ").filter((word) => word !== ""));

describe("the words after `meringue db`", () => {
  test("settings go to where settings are read, with their values", ({ expect }) => {
    expect(parse("init --couchdb-url http://a:1 --couchdb-prefix=x_")).toEqual({
      kind: "init",
      flags: ["--couchdb-url", "http://a:1", "--couchdb-prefix=x_"],
    });
    expect(parse("check")).toEqual({ kind: "check", flags: [] });
  });

  test("wipe takes what upstream's does, unless databases are named", ({ expect }) => {
    expect(parse("wipe")).toEqual({ kind: "wipe", databases: ["whisks", "activations"], sure: false, flags: [] });
    expect(parse("wipe subjects --yes --data-dir whisks")).toEqual({
      kind: "wipe",
      databases: ["subjects"],
      sure: true,
      flags: ["--data-dir", "whisks"],
    });
  });

  test("copy wants both ends", ({ expect }) => {
    expect(parse("copy --from sqlite --to=couchdb")).toEqual({
      kind: "copy",
      from: "sqlite",
      to: "couchdb",
      flags: [],
    });
    for (const line of ["copy", "copy --from sqlite", "copy --from sqlite --to sqlite", "copy --from a --to couchdb"]) {
      expect(parse(line)).toMatchObject({ kind: "usage", problem: expect.stringContaining("--from and --to") });
    }
  });

  test("what is not understood is said", ({ expect }) => {
    expect(parse("")).toMatchObject({ kind: "usage", problem: "what is to be done?" });
    expect(parse("drop")).toMatchObject({ kind: "usage", problem: "there is no command drop" });
    expect(parse("init now")).toMatchObject({ kind: "usage", problem: "init takes no further words: now" });
    expect(parse("wipe users")).toMatchObject({ kind: "usage", problem: expect.stringContaining("no database users") });
    expect(parse("wipe --help")).toEqual({ kind: "help" });
  });
});
