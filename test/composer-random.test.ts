import { type ServerProcess, startServer } from "@meringue/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";
import { type Composer, deployer, installedComposer } from "./composer-client.ts";
import { expectedOf } from "./composition-interpreter.ts";
import { anyPlan, composed, type Plan, STEPS } from "./random-composition.ts";

const RUNS = 30;
/** Bounds the search for the smallest composition that fails, too. */
const STOP_AFTER_MS = 60_000;
const TIMEOUT_MS = 90_000;

const installed = installedComposer();
const missing = installed === undefined ? " (skipped: npm openwhisk-composer is not installed)" : "";

describe.skipIf(installed === undefined)(`random compositions of openwhisk-composer${missing}`, () => {
  const composer = installed?.composer as Composer;
  let server: ServerProcess;
  let api: ApiClient;

  beforeAll(async () => {
    server = await startServer();
    api = apiClient(server.url, server.guestKey);
    for (const [name, step] of Object.entries(STEPS)) {
      await api.call("PUT", `actions/${name}`, { exec: { kind: "nodejs:default", code: `const main = ${step};` } });
    }
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  async function answerOf(plan: Plan, input: object): Promise<[status: number, json: unknown]> {
    await deployer(server)("random", composed(composer, plan));
    const { status, json } = await api.call("POST", "actions/random?blocking=true&result=true", input);
    return [status, json];
  }

  test("come to what their definition says", { timeout: TIMEOUT_MS }, async ({ expect }) => {
    const property = fc.asyncProperty(anyPlan, fc.integer({ min: -5, max: 5 }), async (plan, n) => {
      const { result, failed, tooLong } = expectedOf(plan, { n });
      fc.pre(!tooLong);
      expect(await answerOf(plan, { n })).toEqual([failed ? 502 : 200, result]);
    });
    await fc.assert(property, { numRuns: RUNS, interruptAfterTimeLimit: STOP_AFTER_MS });
  });
});
