import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isJsonObject, type Json } from "@meringue/core";
import { startServer } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";

const MERINGUE_PARAMETER_KEY_AES128 = randomBytes(16).toString("base64");
const MERINGUE_PARAMETER_KEY_AES256 = randomBytes(32).toString("base64");
const SECRETS = { own: "secret-of-the-action", shared: "secret-of-the-package", env: "secret-of-the-environment" };
const IN_PLAIN = "an-annotation-that-is-no-secret";

/** Answers digests of what it was given, so that its record repeats none of it. */
const CODE = `
const { createHash } = require("node:crypto");
const digest = (value) => createHash("sha256").update(String(value)).digest("hex");
exports.main = ({ own, shared }) => ({ own: digest(own), shared: digest(shared), env: digest(process.env.env) });
`;
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const DIGESTS = Object.fromEntries(Object.entries(SECRETS).map(([name, value]) => [name, digest(value)]));

/** A server on the same folder as the one before, with these settings. */
async function serve(dataDir: string, cipher: string, env: Record<string, string>) {
  const server = await startServer({ dataDir, flags: ["--parameter-encryption", cipher], env });
  return Object.assign(server, { client: apiClient(server.url, server.guestKey) });
}

async function newFolder(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "meringue-locked-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** How often a text is in the files of a folder, at most once a file. */
async function occurrences(dataDir: string, text: string): Promise<number> {
  const files = (await readdir(dataDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const contents = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))));
  return contents.filter((bytes) => bytes.includes(text)).length;
}

async function put(client: ApiClient, path: string, body: Json): Promise<void> {
  const { status, text } = await client.call("PUT", `${path}?overwrite=true`, body);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
}

async function ciphersOf(client: ApiClient, path: string): Promise<Json[]> {
  const { json } = await client.call("GET", path);
  const parameters = isJsonObject(json) ? (json["parameters"] ?? null) : null;
  return (Array.isArray(parameters) ? parameters : []).map(
    (item) => (isJsonObject(item) && item["encryption"]) || null,
  );
}

async function createAll(client: ApiClient): Promise<void> {
  await put(client, "packages/vault", { parameters: [{ key: "shared", value: SECRETS.shared }] });
  for (const name of ["vault/show", "vault/left"]) {
    await put(client, `actions/${name}`, {
      exec: { kind: "nodejs:default", code: CODE },
      parameters: [
        { key: "own", value: SECRETS.own },
        { key: "env", value: SECRETS.env, init: true },
      ],
      annotations: [{ key: "about", value: IN_PLAIN }],
    });
  }
}

const run = (client: ApiClient, name: string, body: Json = {}) =>
  client.call("POST", `actions/vault/${name}?blocking=true&result=true`, body);

describe("a server that encrypts parameters", () => {
  test("never writes a locked value in plain, and gives it to the action", { timeout: 120_000 }, async ({ expect }) => {
    const dataDir = await newFolder();
    await using server = await serve(dataDir, "aes-256", { MERINGUE_PARAMETER_KEY_AES256 });
    const { client } = server;
    await createAll(client);

    expect((await run(client, "show")).json).toEqual(DIGESTS);
    expect((await run(client, "show", { shared: "mine" })).json).toEqual({ ...DIGESTS, shared: digest("mine") });
    const shown = await client.call("GET", "actions/vault/show");
    for (const secret of Object.values(SECRETS)) expect(shown.text).not.toContain(secret);
    await client.call("POST", "actions/vault/left");
    await server.kill(); // with the last call still open in the journal, arguments and all

    expect(await occurrences(dataDir, IN_PLAIN)).toBeGreaterThan(0);
    for (const secret of Object.values(SECRETS)) expect(await occurrences(dataDir, secret), secret).toBe(0);
  });

  test("takes up a new key across restarts, and tells of what was left under the old one", {
    timeout: 180_000,
  }, async ({ expect }) => {
    const dataDir = await newFolder();
    {
      await using first = await serve(dataDir, "aes-128", { MERINGUE_PARAMETER_KEY_AES128 });
      await createAll(first.client);
      expect(await ciphersOf(first.client, "actions/vault/show")).toEqual(["aes-128", "aes-128", "aes-128"]);
      expect((await run(first.client, "show")).json).toEqual(DIGESTS);
    }
    {
      const both = { MERINGUE_PARAMETER_KEY_AES128, MERINGUE_PARAMETER_KEY_AES256 };
      await using second = await serve(dataDir, "aes-256", both);
      expect((await run(second.client, "show")).json).toEqual(DIGESTS);
      for (const path of ["packages/vault", "actions/vault/show"]) await put(second.client, path, {});
      expect(await ciphersOf(second.client, "actions/vault/show")).toEqual(["aes-256", "aes-256", "aes-256"]);
      expect((await run(second.client, "show")).json).toEqual(DIGESTS);
    }
    await using third = await serve(dataDir, "off", { MERINGUE_PARAMETER_KEY_AES256 });
    expect((await run(third.client, "show")).json).toEqual(DIGESTS);
    const left = await run(third.client, "left");
    expect(left.status).toBe(500);
    expect(left.text).toContain("The parameter 'own' is encrypted and none of the server's keys opens it.");
    expect((await run(third.client, "show")).json).toEqual(DIGESTS);
  });
});
