import { aPackage } from "@meringue/testkit";
import {
  Answered,
  action,
  annotation,
  conductor,
  doing,
  labelled,
  named,
  recordOf,
  runs,
  sequence,
} from "./programs.ts";

/** Resolved when the answer to the call that is "not in time" has been looked at. */
const slow = Promise.withResolvers<void>();

const run = "/namespaces/_/actions/run";
const a = action("a");
const twice = doing({
  run: (args) => ("a" in args ? { params: { done: args["a"] } } : { action: "a", state: { kept: true } }),
  a: (args) => ({ ...args, a: 1 }),
});
const echo = (next: Record<string, unknown>) =>
  doing({ run: (args) => ("error" in args || "a" in args ? args : (next as never)), a: () => ({ a: 1 }) });

runs("§12 Compositions: what a call answers", [
  {
    name: "the record, with the ids of all that it ran for logs",
    given: [a, conductor("run", { limits: { timeout: 1000, memory: 128, logs: 3, concurrency: 2 } })],
    ...twice,
    after: async (answer, world, expect) => {
      await labelled(answer, world, expect);
      expect(answer.json).toEqual({
        namespace: "guest",
        name: "run",
        version: "0.0.1",
        publish: false,
        subject: "guest-subject",
        activationId: expect.any(String),
        start: expect.any(Number),
        end: expect.any(Number),
        duration: 15,
        logs: world.dispatcher.messages.map(({ activationId }) => activationId),
        response: { status: "success", success: true, result: { done: 1 } },
        annotations: [
          { key: "topmost", value: true },
          { key: "path", value: "guest/run" },
          { key: "kind", value: "sequence" },
          { key: "conductor", value: true },
          { key: "waitTime", value: expect.any(Number) },
          { key: "limits", value: { timeout: 1000, memory: 128, logs: 3, concurrency: 1 } },
        ],
      });
      const [first] = answer.json["logs"] as string[];
      expect(await recordOf(world, first)).toMatchObject({ name: "run", cause: answer.json["activationId"] });
    },
  },
  {
    name: "the result alone",
    path: `${run}?blocking=true&result=true`,
    given: [a, conductor("run")],
    ...twice,
    exactly: { done: 1 },
    after: labelled,
  },
  {
    name: "nobody waits: an id, and the record later",
    path: run,
    given: [a, conductor("run")],
    ...twice,
    status: 202,
    after: async (answer, world, expect) => {
      await labelled(answer, world, expect);
      expect(await recordOf(world, answer.json["activationId"])).toMatchObject({ response: { result: { done: 1 } } });
    },
  },
  {
    name: "not in time: an id, and it goes on",
    path: `${run}?blocking=true&timeout=20`,
    given: [conductor("run")],
    before: ({ dispatcher }) =>
      dispatcher.behave(async () => {
        await slow.promise;
        return { statusCode: 0, result: { late: true } };
      }),
    status: 202,
    after: async (answer, world, expect) => {
      await labelled(answer, world, expect);
      slow.resolve();
      expect(await recordOf(world, answer.json["activationId"])).toMatchObject({
        response: { result: { late: true } },
      });
    },
  },
  {
    name: "an error that the conductor echoes is the composition's",
    given: [a, conductor("run")],
    ...echo({ action: "none" }),
    status: 502,
    json: {
      logs: { length: 2 },
      response: {
        status: "application error",
        result: { error: "Failed to resolve action with name 'guest/none' during composition." },
      },
    },
  },
  {
    name: "a developer error of the conductor",
    given: [conductor("run")],
    ...doing({ run: () => new Answered({ statusCode: 2, result: { error: "crashed" } }) }),
    status: 502,
    json: { response: { status: "action developer error", result: { error: "crashed" } } },
  },
  {
    name: "an array from the conductor's first run",
    given: [conductor("run")],
    ...doing({ run: () => [1] }),
    status: 500,
    error: "There was an internal server error.",
  },
  {
    name: "an array from the conductor's first run, when nobody waits",
    path: run,
    given: [conductor("run")],
    ...doing({ run: () => [1] }),
    status: 202,
    after: async (answer, world, expect) => {
      expect(await recordOf(world, answer.json["activationId"])).toMatchObject({
        response: { status: "whisk internal error", result: { error: "Activation failure during composition." } },
      });
    },
  },
  {
    name: "too many components",
    given: [a, conductor("run")],
    ...doing({ run: (args) => ("error" in args ? args : { action: "a" }), a: () => ({}) }),
    status: 502,
    json: {
      logs: { length: 102 },
      response: { status: "application error", result: { error: "Too many actions in the composition." } },
    },
  },
  {
    name: "too many runs of the conductor",
    given: [conductor("run")],
    ...doing({ run: () => ({ action: "none" }) }),
    status: 502,
    json: {
      logs: { length: 101 },
      response: { status: "application error", result: { error: "Too many actions in the composition." } },
    },
  },
]);

runs("§12 Compositions: which actions they are, and what they may run", [
  {
    name: "a conductor whose annotation is off is an action like any other",
    given: [a, conductor("run", { annotations: [{ key: "conductor", value: 0 }] })],
    ...twice,
    json: { response: { result: { action: "a" } }, logs: [] },
    after: ({ json }, _world, expect) => expect(annotation(json, "conductor")).toBeUndefined(),
  },
  {
    name: "a conductor of a deprecated runtime",
    given: [conductor("run", { exec: { type: "code", kind: "aged:1", binary: false } })],
    status: 400,
    error: "The 'aged:1' runtime is no longer supported. You may read and delete but not update or invoke this action.",
  },
  {
    name: "a final parameter of the conductor",
    given: [
      conductor("run", {
        annotations: [
          { key: "conductor", value: true },
          { key: "final", value: true },
        ],
        parameters: [{ key: "p", value: 1 }],
      }),
    ],
    body: { p: 2 },
    status: 400,
    error: "Request defines parameters that are not allowed (e.g., reserved properties).",
  },
  {
    name: "an action of a shared package",
    given: [aPackage({ namespace: "other", name: named("p"), publish: true }), action("other/p/a"), conductor("run")],
    ...echo({ action: "/other/p/a" }),
    json: { response: { result: { a: 1 } } },
  },
  {
    name: "no action of somebody else",
    given: [action("other/a"), conductor("run")],
    ...echo({ action: "/other/a" }),
    status: 502,
    json: {
      response: { result: { error: "Failed entitlement check for action with name 'other/a' during composition." } },
    },
  },
  {
    name: "a sequence, which is one component and has a record of its own",
    given: [a, sequence("s", ["/guest/a", "/guest/a"]), conductor("run")],
    ...echo({ action: "s" }),
    json: { logs: { length: 3 }, duration: 20, response: { result: { a: 1 } } },
    after: async ({ json }, world, expect) => {
      const [, id] = json["logs"] as string[];
      const nested = await recordOf(world, id);
      expect(nested).toMatchObject({ name: "s", cause: json["activationId"], logs: { length: 2 } });
      expect([annotation(nested, "topmost"), annotation(nested, "causedBy")]).toEqual([false, "sequence"]);
    },
  },
  {
    name: "another composition, which has a record of its own",
    given: [a, conductor("inner"), conductor("run")],
    ...doing({
      run: (args) => ("inner" in args ? args : { action: "inner" }),
      inner: (args) => ("a" in args ? { inner: true } : { action: "a" }),
      a: () => ({ a: 1 }),
    }),
    json: { logs: { length: 3 }, duration: 25, response: { result: { inner: true } } },
    after: async ({ json }, world, expect) => {
      const nested = await recordOf(world, (json["logs"] as string[])[1]);
      expect(nested).toMatchObject({ name: "inner", cause: json["activationId"], logs: { length: 3 } });
      expect([annotation(nested, "topmost"), annotation(nested, "conductor")]).toEqual([false, true]);
    },
  },
]);
