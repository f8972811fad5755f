import type { EntityName } from "@meringue/core";
import { anAction, aTrigger } from "@meringue/testkit";
import type { Answer } from "./call.ts";
import { type Case, cases, each } from "./cases.ts";
import type { World } from "./world.ts";

const LEAST = "STORE_FAILURES_NOT_APPLICATION_ERRORS";
const ON = { "X-OW-EXTRA-LOGGING": "on" };
const components = ["/guest/hello"];
const sequence = anAction({ name: "seq" as EntityName, exec: { type: "sequence", kind: "sequence", components } });
const fired = aTrigger({
  rules: { "guest/r": { action: { path: "guest", name: "hello" as EntityName }, status: "active" } },
});

const post = (row: Partial<Case> & Pick<Case, "name">): Case => ({
  method: "POST",
  path: "/namespaces/_/actions/seq?blocking=true",
  given: [anAction(), sequence, fired],
  deps: { storeLevels: { blocking: LEAST, nonBlocking: "STORE_ALWAYS" } },
  status: 200,
  ...row,
});

/** Whether the activation that the answer names has a record. */
const stored =
  (wanted: boolean): NonNullable<Case["after"]> =>
  async ({ json }: Answer, world: World, expect) => {
    const record = await world.deps.activations.get("guest", String(json["activationId"]));
    expect(record !== undefined).toBe(wanted);
  };
const failing: Pick<Case, "before"> = {
  before: ({ dispatcher }) => dispatcher.behave(() => ({ statusCode: 1, result: { error: "no" } })),
};

cases("§10 Storing: sequences", [
  post({ name: "a success is answered, and not kept", after: stored(false) }),
  post({ name: "but kept for who asks for extra logging", headers: ON, after: stored(true) }),
  ...each(["off", "", "true"], (value) =>
    post({ name: `not for "${value}"`, headers: { "x-ow-extra-logging": value }, after: stored(false) }),
  ),
  post({
    name: "an application error is no failure at the least level",
    ...failing,
    status: 502,
    after: stored(false),
  }),
  post({
    name: "and is one at the level above",
    ...failing,
    deps: { storeLevels: { blocking: "STORE_FAILURES", nonBlocking: "STORE_ALWAYS" } },
    status: 502,
    after: stored(true),
  }),
]);

const fire = (row: Partial<Case> & Pick<Case, "name">): Case =>
  post({ path: "/namespaces/_/triggers/tick", status: 202, ...row });

cases("§10 Storing: triggers", [
  fire({ name: "are calls that nobody waits for", after: stored(true) }),
  fire({
    name: "are not kept where only failures of those are",
    deps: { storeLevels: { blocking: "STORE_ALWAYS", nonBlocking: "STORE_FAILURES" } },
    after: stored(false),
  }),
  fire({
    name: "are kept for who asks for extra logging, which goes on to what they run",
    headers: ON,
    deps: { storeLevels: { blocking: "STORE_ALWAYS", nonBlocking: "STORE_FAILURES" } },
    after: async (answer, world, expect) => {
      await stored(true)(answer, world, expect);
      expect(world.dispatcher.messages).toMatchObject([{ extraLogging: true }]);
    },
  }),
]);

cases("§10 Storing: what asks for extra logging tells the invoker so", [
  ...each(
    ["/namespaces/_/actions/hello", "/namespaces/_/actions/seq?blocking=true", "/web/guest/default/hello"],
    (path) =>
      post({
        name: path,
        path,
        given: [anAction({ annotations: [{ key: "web-export", value: true }] }), sequence],
        headers: ON,
        status: path.endsWith("actions/hello") ? 202 : 200,
        before: ({ dispatcher }) => dispatcher.behave(() => ({ statusCode: 0, result: { body: "x" } })),
        after: (_answer, { dispatcher }, expect) => {
          expect(dispatcher.messages).toMatchObject([{ extraLogging: true }]);
        },
      }),
  ),
  post({
    name: "and nobody else does",
    after: (_answer, { dispatcher }, expect) => {
      expect(dispatcher.messages.map(({ extraLogging }) => extraLogging)).toEqual([undefined]);
    },
  }),
]);
