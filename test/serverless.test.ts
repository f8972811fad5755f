import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type ServerProcess, startServer } from "@meringue/testkit";
import openwhisk from "openwhisk";
import { afterAll, beforeAll, describe, onTestFinished, test } from "vitest";
import { apiClient } from "./api-client.ts";

const run = promisify(execFile);
/** Its modules are large: they are no dependencies of ours, and come with `npm ci --prefix test/serverless`. */
const MODULES = fileURLToPath(new URL("serverless/node_modules", import.meta.url));
const SERVERLESS = join(MODULES, "serverless/bin/serverless.js");
const isInstalled = existsSync(SERVERLESS);
const TIMEOUT_MS = 180_000;

const HANDLER = `
exports.celsius = ({ fahrenheit, unit }) => {
  console.log("converting", fahrenheit);
  return { degrees: ((fahrenheit - 32) * 5) / 9, unit };
};
exports.sentence = ({ degrees, unit }) => ({ text: degrees + " " + unit });
`;

/** What a service of this kind can have. (Feeds it loses itself: its deployment forgets them before their turn.) */
const service = {
  service: "weather",
  frameworkVersion: "3",
  configValidationMode: "off",
  provider: { name: "openwhisk", runtime: "nodejs:default" },
  plugins: { localPath: MODULES, modules: ["serverless-openwhisk"] },
  functions: {
    celsius: {
      handler: "handler.celsius",
      parameters: { unit: "C" },
      memory: 128,
      annotations: { "web-export": true },
    },
    sentence: { handler: "handler.sentence", name: "texts/sentence" },
    report: {
      sequence: ["celsius", "sentence"],
      events: [{ trigger: { name: "measured", rule: "measured_to_report" } }],
    },
  },
  resources: {
    packages: { texts: { parameters: { language: "en" } } },
    triggers: { measured: {} },
  },
};

describe.skipIf(!isInstalled)(
  "npm serverless with serverless-openwhisk, unchanged (needs npm ci --prefix test/serverless)",
  () => {
    let server: ServerProcess;

    beforeAll(async () => {
      server = await startServer();
    });
    afterAll(() => server[Symbol.asyncDispose]());

    /** A folder with the service, and the command that is run in it: as a user who has never run it, and is not asked. */
    async function project() {
      const folder = await mkdtemp(join(tmpdir(), "meringue-serverless-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      await writeFile(join(folder, "serverless.json"), JSON.stringify(service));
      await writeFile(join(folder, "handler.js"), HANDLER);
      const env = {
        PATH: process.env["PATH"],
        HOME: folder,
        OW_APIHOST: server.url,
        OW_AUTH: server.guestKey,
        OW_NAMESPACE: "guest",
        SLS_TELEMETRY_DISABLED: "1",
        SLS_NOTIFICATIONS_MODE: "off",
      };
      return async (...words: readonly string[]): Promise<string> => {
        const { stdout, stderr } = await run(process.execPath, [SERVERLESS, ...words], { cwd: folder, env });
        return stdout + stderr;
      };
    }

    test("deploys a service, works with it, and removes it", { timeout: TIMEOUT_MS }, async ({ expect }) => {
      const client = openwhisk({ apihost: server.url, api_key: server.guestKey });
      const api = apiClient(server.url, server.guestKey);
      const names = async () => {
        const { actions, packages, triggers, rules } = client;
        const lists = await Promise.all([actions.list(), packages.list(), triggers.list(), rules.list()]);
        return lists.map((list) => list.map(({ name }) => String(name)).sort());
      };
      const serverless = await project();

      expect(await serverless("deploy")).toContain("Deployment successful!");

      expect(await names()).toEqual([
        ["sentence", "weather-dev-celsius", "weather-dev-report"],
        ["texts"],
        ["measured"],
        ["measured_to_report"],
      ]);
      expect(await serverless("invoke", "--function", "celsius", "--data", '{"fahrenheit":212}')).toContain(
        '"degrees": 100',
      );
      expect(await serverless("logs", "--function", "celsius")).toContain("converting 212");
      const web = await fetch(`${server.url}/api/v1/web/guest/default/weather-dev-celsius.json?fahrenheit=32`);
      expect(await web.json()).toEqual({ degrees: 0, unit: "C" });
      expect((await api.call("POST", "triggers/measured", { fahrenheit: 50 })).status).toBe(202);
      expect(await ended("weather-dev-report")).toMatchObject({ response: { result: { text: "10 C" } } });
      expect(await serverless("deploy")).toContain("Deployment successful!"); // over what is there
      expect((await client.actions.get("weather-dev-celsius")).version).toBe("0.0.2");

      expect(await serverless("remove")).toContain("Resource removal successful!");

      expect(await names()).toEqual([[], [], [], []]);

      /** The newest record of an action, once there is one: clients poll. */
      async function ended(name: string): Promise<unknown> {
        for (;;) {
          const { json } = await api.call("GET", `activations?name=${name}&docs=true&limit=1`);
          if (Array.isArray(json) && json.length > 0) return json[0];
        }
      }
    });
  },
);
