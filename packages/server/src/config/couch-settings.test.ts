import { describe, test } from "vitest";
import { BadConfig, readConfig } from "./read-config.ts";

const couch = (argv: string[], env: Record<string, string> = {}) => {
  const { store, couch: settings } = readConfig(argv, env);
  return { store, ...settings };
};
const problems = (argv: string[], env: Record<string, string> = {}): readonly string[] => {
  try {
    readConfig(argv, env);
    return [];
  } catch (error) {
    if (!(error instanceof BadConfig)) throw error;
    return error.problems;
  }
};

describe("settings for CouchDB", () => {
  test("without any, all is in SQLite, and CouchDB would be the machine's own", ({ expect }) => {
    expect(couch([])).toEqual({
      store: "sqlite",
      server: { url: "http://127.0.0.1:5984" },
      names: {
        subjects: "whisk_local_subjects",
        whisks: "whisk_local_whisks",
        activations: "whisk_local_activations",
      },
    });
  });

  test("the variables of upstream's deployments are enough", ({ expect }) => {
    const env = {
      OW_DB: "CouchDB",
      OW_DB_PROTOCOL: "https",
      OW_DB_HOST: "db.example",
      OW_DB_PORT: "6984",
      OW_DB_USERNAME: "whisk_admin",
      OW_DB_PASSWORD: "some_passw0rd",
      DB_WHISK_AUTHS: "test_subjects",
    };
    expect(couch([], env)).toEqual({
      store: "couchdb",
      server: { url: "https://db.example:6984", username: "whisk_admin", password: "some_passw0rd" },
      names: { subjects: "test_subjects", whisks: "whisk_local_whisks", activations: "whisk_local_activations" },
    });
    expect(couch([], { OW_DB: "Cloudant" }).store).toBe("couchdb");
  });

  test("flags win", ({ expect }) => {
    const argv = ["--store", "couchdb", "--couchdb-url", "http://a:1", "--couchdb-prefix", "x_"];
    expect(couch(argv, { OW_DB_HOST: "b" })).toMatchObject({
      store: "couchdb",
      server: { url: "http://a:1" },
      names: { subjects: "x_subjects" },
    });
    expect(couch(["--store", "sqlite"], { OW_DB: "CouchDB" }).store).toBe("sqlite");
  });

  test("what cannot be right is said, but only where it counts, and never a password", ({ expect }) => {
    expect(problems([], { OW_DB: "MongoDB" })).toEqual(['OW_DB: must be CouchDB or Cloudant, not "MongoDB"']);
    const odd = { OW_DB_HOST: "a b", OW_DB_PASSWORD: "secret" };
    expect(problems([], odd)).toEqual([]);
    const found = problems(["--store", "couchdb"], odd);
    expect(found).toEqual([
      expect.stringMatching(/^OW_DB_PROTOCOL, .*http:\/\/HOST:PORT/),
      expect.stringMatching(/both/),
    ]);
    expect(found.join()).not.toContain("secret");
    expect(problems(["--store", "couchdb", "--couchdb-url", "http://u:secret@h:1"]).join()).not.toContain("secret");
    expect(problems(["--couchdb-prefix", "X"])).toEqual([
      expect.stringMatching(/^--couchdb-prefix: must be lower-case/),
    ]);
  });
});
