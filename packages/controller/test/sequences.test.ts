import { aPackage } from "@meringue/testkit";
import { each } from "./cases.ts";
import {
  Answered,
  action,
  annotation,
  ask,
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
const MISSING = "Sequence component does not exist.";
const a = action("a");
const b = action("b");
const adds = doing({ a: (args) => ({ ...args, a: 1 }), b: (args) => ({ ...args, b: 2 }) });
const refusal = (resource: string) => `The supplied authentication is not authorized to access '${resource}'.`;

runs("§11 Sequences: what a call answers", [
  {
    name: "the record, with the ids of the components for logs",
    given: [a, b, sequence("run", ["/guest/a", "/guest/b"])],
    ...adds,
    body: { x: 0 },
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
        duration: 10,
        logs: world.dispatcher.messages.map(({ activationId }) => activationId),
        response: { status: "success", success: true, result: { x: 0, a: 1, b: 2 }, size: 19 },
        annotations: [
          { key: "topmost", value: true },
          { key: "path", value: "guest/run" },
          { key: "kind", value: "sequence" },
          { key: "waitTime", value: expect.any(Number) },
        ],
      });
    },
  },
  {
    name: "the result alone",
    path: `${run}?blocking=true&result=true`,
    given: [a, b, sequence("run", ["/guest/a", "/guest/b"])],
    ...adds,
    exactly: { a: 1, b: 2 },
    after: labelled,
  },
  {
    name: "an array goes out bare",
    given: [a, sequence("run", ["/guest/a"])],
    ...doing({ a: () => [1, 2] }),
    exactly: [1, 2],
    after: labelled,
  },
  {
    name: "nobody waits: an id, and the record later",
    path: run,
    given: [a, b, sequence("run", ["/guest/a", "/guest/b"])],
    ...adds,
    status: 202,
    after: async (answer, world, expect) => {
      await labelled(answer, world, expect);
      expect(answer.json).toEqual({ activationId: expect.any(String) });
      expect(await recordOf(world, answer.json["activationId"])).toMatchObject({
        response: { result: { a: 1, b: 2 } },
      });
    },
  },
  {
    name: "not in time: an id, and it goes on",
    path: `${run}?blocking=true&timeout=20`,
    given: [a, b, sequence("run", ["/guest/a", "/guest/b"])],
    before: ({ dispatcher }) =>
      dispatcher.behave(async ({ action: { action } }) => {
        if (action.name === "a") await slow.promise;
        return { statusCode: 0, result: { by: action.name } };
      }),
    status: 202,
    after: async (answer, world, expect) => {
      await labelled(answer, world, expect);
      expect(world.dispatcher.messages.length).toBe(1);
      slow.resolve();
      const record = await recordOf(world, answer.json["activationId"]);
      expect(record).toMatchObject({
        logs: [expect.any(String), expect.any(String)],
        response: { result: { by: "b" } },
      });
    },
  },
  ...each(
    [
      [1, 502, "application error"],
      [2, 502, "action developer error"],
      [3, 500, "whisk internal error"],
    ] as const,
    ([statusCode, status, text]) => ({
      name: `${text} of a component`,
      path: `${run}?blocking=true`,
      method: "POST",
      given: [a, b, sequence("run", ["/guest/a", "/guest/b"])],
      ...doing({ a: () => new Answered({ statusCode, result: { error: "no" } }) }),
      status,
      json: { response: { status: text, success: false, result: { error: "no" } }, logs: { length: 1 } },
      after: (answer, _world, expect) => expect(answer.json).not.toHaveProperty("code"),
    }),
  ),
]);

runs("§11 Sequences: what cannot be run", [
  {
    name: "a component that is gone",
    given: [a, sequence("run", ["/guest/a", "/guest/none", "/guest/a"])],
    status: 502,
    json: { response: { status: "application error", result: { error: MISSING } }, logs: { length: 1 } },
    after: labelled,
  },
  {
    name: "a component whose own package is gone",
    given: [sequence("run", ["/guest/gone/a"])],
    status: 404,
    error: "The requested resource does not exist.",
    cors: true,
  },
  {
    name: "a component in a package that is none",
    given: [a, sequence("run", ["/guest/a/b"])],
    status: 409,
    error: "Resource by this name exists but is not in this collection.",
  },
  {
    name: "a component in somebody's private package: the package is named",
    given: [aPackage({ namespace: "other", name: named("p") }), sequence("run", ["/other/z", "/other/p/a"])],
    status: 403,
    error: refusal("other/p"),
  },
  {
    name: "components that are somebody's own: all are named",
    given: [sequence("run", ["/other/z", "/other/a", "/other/z"])],
    status: 403,
    error: refusal("other/a, other/z"),
    cors: true,
  },
  {
    name: "a component of a deprecated runtime",
    given: [action("old", { exec: { type: "code", kind: "aged:1", binary: false } }), sequence("run", ["/guest/old"])],
    status: 500,
    json: { response: { status: "whisk internal error", result: { error: "Sequence failed." } }, logs: [] },
  },
  {
    name: "more actions than allowed, since one grew",
    given: [a, sequence("many", Array(30).fill("/guest/a")), sequence("run", ["/guest/many", "/guest/many"])],
    status: 502,
    json: {
      duration: 250,
      response: { status: "application error", result: { error: "Too many actions in the sequence." } },
      logs: { length: 2 },
    },
    after: (_answer, world, expect) => expect(world.dispatcher.messages.length).toBe(50),
  },
  {
    name: "a parameter that is final",
    given: [
      a,
      sequence("run", ["/guest/a"], {
        annotations: [{ key: "final", value: true }],
        parameters: [{ key: "p", value: 1 }],
      }),
    ],
    body: { p: 2 },
    status: 400,
    error: "Request defines parameters that are not allowed (e.g., reserved properties).",
  },
]);

runs("§11 Sequences: what is in them", [
  {
    name: "a nested one has its own record, and only its id is in the outer logs",
    given: [a, b, sequence("inner", ["/guest/a", "/guest/b"]), sequence("run", ["/guest/inner", "/guest/a"])],
    after: async ({ json }, world, expect) => {
      const inner = await recordOf(world, (json["logs"] as string[])[0]);
      const [first, second, third] = world.dispatcher.messages;
      expect(json["logs"]).toEqual([inner["activationId"], third?.activationId]);
      expect(inner).toMatchObject({
        name: "inner",
        cause: json["activationId"],
        logs: [first?.activationId, second?.activationId],
        duration: 10,
      });
      expect([annotation(inner, "topmost"), annotation(inner, "causedBy")]).toEqual([false, "sequence"]);
      expect([annotation(json, "topmost"), annotation(json, "causedBy")]).toEqual([true, undefined]);
    },
  },
  {
    name: "what runs is in flight, what encloses it is not",
    path: run,
    given: [a, sequence("run", ["/guest/a"])],
    before: ({ dispatcher }) => dispatcher.behave(() => new Promise(() => {})),
    status: 202,
    after: async (_answer, world, expect) => {
      const { inFlight } = await fetch(`${world.url}/activation`).then(async (response) => ({
        inFlight: await response.json(),
      }));
      expect(inFlight).toEqual([[world.dispatcher.messages[0]?.activationId, "guest/a@0.0.1"]]);
    },
  },
  {
    name: "logs and result of the record can be asked for; a listing shows end - start for its duration",
    given: [a, sequence("run", ["/guest/a", "/guest/a"])],
    after: async ({ json }, world, expect) => {
      const id = String(json["activationId"]);
      expect((await ask(world, `activations/${id}/logs`)).json).toEqual({ logs: json["logs"] });
      expect((await ask(world, `activations/${id}/result`)).json).toEqual(json["response"]);
      const [summary] = (await ask(world, "activations?name=run")).json as unknown as Record<string, number>[];
      expect(summary).toMatchObject({ activationId: id, statusCode: 0 });
      expect(summary?.["duration"]).toBe(Number(json["end"]) - Number(json["start"]));
    },
  },
  {
    name: "through a binding",
    path: "/namespaces/_/actions/bound/run?blocking=true",
    given: [
      aPackage({ namespace: "other", name: named("p"), publish: true }),
      aPackage({ name: named("bound"), binding: { namespace: named("other"), name: named("p") } }),
      action("other/p/a", { parameters: [{ key: "own", value: 1 }] }),
      sequence("other/p/run", ["/other/p/a"]),
    ],
    json: { namespace: "guest", name: "run", response: { result: { own: 1 } } },
    after: ({ json }, _world, expect) => {
      expect([annotation(json, "path"), annotation(json, "binding")]).toEqual(["other/p/run", "guest/bound"]);
    },
  },
  {
    name: "a component through a binding has the binding's parameters, over the package's",
    given: [
      aPackage({
        name: named("p"),
        parameters: [
          { key: "x", value: "p" },
          { key: "y", value: "p" },
        ],
      }),
      aPackage({
        name: named("bound"),
        binding: { namespace: named("guest"), name: named("p") },
        parameters: [{ key: "y", value: "bound" }],
      }),
      action("guest/p/a", { parameters: [{ key: "z", value: "a" }] }),
      sequence("run", ["/guest/bound/a"]),
    ],
    json: { response: { result: { x: "p", y: "bound", z: "a" } } },
    after: (_answer, world, expect) => {
      expect(world.dispatcher.messages[0]?.action).toMatchObject({ id: "guest/p/a", binding: "guest/bound" });
    },
  },
  {
    name: "with the annotation conductor it is a sequence all the same",
    given: [a, sequence("run", ["/guest/a"], { annotations: [{ key: "conductor", value: true }] })],
    after: ({ json }, _world, expect) => {
      expect([annotation(json, "kind"), annotation(json, "conductor")]).toEqual(["sequence", undefined]);
    },
  },
  {
    name: "a conductor in it is run as a composition",
    given: [a, conductor("c"), sequence("run", ["/guest/c", "/guest/a"])],
    ...doing({ c: (args) => (args["a"] ? { over: 1 } : { action: "a" }), a: () => ({ a: 1 }) }),
    json: { logs: { length: 2 }, duration: 20, response: { result: { a: 1 } } },
    after: async ({ json }, world, expect) => {
      const composition = await recordOf(world, (json["logs"] as string[])[0]);
      expect(composition).toMatchObject({
        cause: json["activationId"],
        logs: { length: 3 },
        response: { result: { over: 1 } },
      });
      expect(annotation(composition, "conductor")).toBe(true);
    },
  },
  {
    name: "a sequence without components answers what it was given",
    given: [sequence("run", [])],
    body: { given: 1 },
    json: { response: { result: { given: 1 } }, logs: [], duration: 0 },
  },
]);

runs("§9 Sequences: nested ones when they are defined", [
  ...each(
    [
      ["is gone", [sequence("inner", ["/guest/none"])]],
      ["is in a package that is gone", [sequence("inner", ["/guest/gone/a"])]],
      ["is somebody's own", [sequence("inner", ["/other/a"]), action("other/a")]],
    ] as const,
    ([what, given]) => ({
      name: `what is in a nested one ${what}`,
      method: "PUT",
      path: run,
      given,
      body: { exec: { kind: "sequence", components: ["/_/inner"] } },
      status: 400,
      error: MISSING,
    }),
  ),
]);
