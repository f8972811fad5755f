import { createRequire } from "node:module";
import { startServer } from "@meringue/testkit";
import openwhisk from "openwhisk";
import { describe, test } from "vitest";

/** The part of npm @openwhisk/wskdebug that speaks to the platform. It has no types. */
interface AgentManager {
  peekAction(): Promise<{ readonly annotations: readonly object[]; readonly exec: object }>;
  readActionWithCode(): Promise<{ readonly exec: { readonly code: string } }>;
}
type AgentManagerMaker = new (argv: object, client: object, actionName: string) => AgentManager;

const AgentMgr = createRequire(import.meta.url)("@openwhisk/wskdebug/src/agentmgr") as AgentManagerMaker;
const CODE = "function main() { return { debugged: true }; }";

describe("@openwhisk/wskdebug, unchanged", () => {
  test("lists actions, looks at one and fetches its code", async ({ expect }) => {
    await using server = await startServer();
    const client = openwhisk({ apihost: server.url, api_key: server.guestKey });
    await client.actions.create({ name: "debugged", action: CODE });
    const manager = new AgentMgr({}, client, "debugged");

    expect((await client.actions.list()).map(({ name }) => name)).toEqual(["debugged"]);
    expect((await manager.peekAction()).exec).toMatchObject({ kind: expect.stringMatching(/^nodejs:/), binary: false });
    expect((await manager.readActionWithCode()).exec.code).toBe(CODE);
  });
});
