import { type Entity, type EntityName, type KeyValue, parameterLocks } from "@meringue/core";
import { anAction, aPackage } from "@meringue/testkit";
import { type Case, cases } from "./cases.ts";
import type { World } from "./world.ts";

const keys = { "aes-128": [Buffer.alloc(16, 1)], "aes-256": [Buffer.alloc(32, 2)] };
const aes128 = parameterLocks({ current: "aes-128", keys });
const aes256 = parameterLocks({ current: "aes-256", keys });
const deps = { parameterLocks: aes256 };
const exec = { kind: "nodejs:default", code: "function main(args) { return args }" };
const named = (name: string) => name as EntityName;
const hello = "/namespaces/_/actions/hello";
const pkg = "/namespaces/_/packages/pkg";
const LOCKED = /^[A-Za-z0-9+/]{190,}=*$/;

const locked = (expect: Expect, key: string, more = {}) => ({
  key,
  value: expect.stringMatching(LOCKED),
  encryption: "aes-256",
  ...more,
});
type Expect = Parameters<NonNullable<Case["after"]>>[2];

async function stored(world: World, id: string): Promise<readonly KeyValue[]> {
  const entity = (await world.entities.get(id))?.entity as Entity & { parameters: readonly KeyValue[] };
  return entity.parameters;
}

cases("Locked parameters: what is stored", [
  {
    name: "an action's values are locked, null and annotations are not; the answer is what was sent",
    deps,
    method: "PUT",
    path: hello,
    body: {
      exec,
      parameters: [
        { key: "pin", value: [1, 2] },
        { key: "stage", value: "prod", init: true },
        { key: "later", value: null },
      ],
      annotations: [{ key: "final", value: true }],
    },
    status: 200,
    json: {
      parameters: [
        { key: "pin", value: [1, 2] },
        { key: "stage", value: "prod", init: true },
        { key: "later", value: null },
      ],
    },
    after: async ({ json }, world, expect) => {
      expect(json["annotations"]).toContainEqual({ key: "final", value: true });
      expect(await stored(world, "guest/hello")).toEqual([
        locked(expect, "pin"),
        locked(expect, "stage", { init: true }),
        { key: "later", value: null },
      ]);
    },
  },
  {
    name: "a package's and a binding's values are locked",
    deps,
    given: [aPackage({ name: named("target") })],
    method: "PUT",
    path: pkg,
    body: { binding: { namespace: "_", name: "target" }, parameters: [{ key: "pin", value: 1 }] },
    status: 200,
    json: { parameters: [{ key: "pin", value: 1 }] },
    after: async (_answer, world, expect) => {
      expect(await stored(world, "guest/pkg")).toEqual([locked(expect, "pin")]);
    },
  },
  {
    name: "a sequence's components are not locked",
    deps,
    given: [anAction({ name: named("first") })],
    method: "PUT",
    path: hello,
    body: { exec: { kind: "sequence", components: ["/_/first"] }, parameters: [] },
    status: 200,
    after: async (_answer, world, expect) => {
      expect(await stored(world, "guest/hello")).toEqual([{ key: "_actions", value: ["/guest/first"] }]);
    },
  },
  {
    name: "a write that leaves parameters alone locks them under the current cipher",
    deps,
    given: [anAction({ parameters: [...aes128.lock([{ key: "old", value: 1 }]), { key: "plain", value: 2 }] })],
    method: "PUT",
    path: `${hello}?overwrite=true`,
    body: { annotations: [] },
    status: 200,
    after: async ({ json }, world, expect) => {
      const now = await stored(world, "guest/hello");
      expect(now).toEqual([locked(expect, "old"), locked(expect, "plain")]);
      expect(json["parameters"]).toEqual([now[0], { key: "plain", value: 2 }]);
    },
  },
  {
    name: "with encryption off values are stored as they come",
    method: "PUT",
    path: hello,
    body: { exec, parameters: [{ key: "pin", value: 1 }] },
    status: 200,
    after: async (_answer, world, expect) => {
      expect(await stored(world, "guest/hello")).toEqual([{ key: "pin", value: 1 }]);
    },
  },
]);

const inPackage = anAction({ namespace: "guest/pkg", parameters: aes256.lock([{ key: "own", value: 1 }]) });
const withPin = aPackage({ parameters: aes256.lock([{ key: "pin", value: 1 }]) });

cases("Locked parameters: what is shown", [
  {
    name: "an action, with its package's",
    deps,
    given: [withPin, inPackage],
    path: "/namespaces/_/actions/pkg/hello",
    status: 200,
    after: ({ json }, _world, expect) => {
      expect(json["parameters"]).toEqual([locked(expect, "pin"), locked(expect, "own")]);
    },
  },
  {
    name: "a package",
    deps,
    given: [withPin],
    path: pkg,
    status: 200,
    after: ({ json }, _world, expect) => expect(json["parameters"]).toEqual([locked(expect, "pin")]),
  },
]);

const dispatches =
  (lockedArgs: unknown, args: (expect: Expect) => unknown): NonNullable<Case["after"]> =>
  (_answer, { dispatcher }, expect) => {
    expect(dispatcher.messages[0]?.lockedArgs).toEqual(lockedArgs);
    expect(dispatcher.messages[0]?.args).toEqual(args(expect));
  };
const bound = aPackage({
  name: named("bound"),
  binding: { namespace: named("guest"), name: named("pkg") },
  parameters: aes128.lock([{ key: "pin", value: 2 }]),
});
const anyText = (expect: Expect) => expect.any(String);

cases("Locked parameters: what is dispatched", [
  {
    name: "cipher text and the cipher of each, the binding's over its package's",
    deps,
    given: [withPin, bound, inPackage],
    method: "POST",
    path: "/namespaces/_/actions/bound/hello",
    status: 202,
    after: dispatches({ pin: "aes-128", own: "aes-256" }, (expect) => ({ pin: anyText(expect), own: anyText(expect) })),
  },
  {
    name: "what the payload brings is not locked",
    deps,
    given: [withPin, inPackage],
    method: "POST",
    path: "/namespaces/_/actions/pkg/hello",
    body: { pin: "mine" },
    status: 202,
    after: dispatches({ own: "aes-256" }, (expect) => ({ pin: "mine", own: anyText(expect) })),
  },
  {
    name: "nothing is said where the payload replaces all",
    deps,
    given: [withPin, inPackage],
    method: "POST",
    path: "/namespaces/_/actions/pkg/hello",
    body: { pin: 1, own: 2 },
    status: 202,
    after: dispatches(undefined, () => ({ pin: 1, own: 2 })),
  },
  {
    name: "a final one may not be overridden, though it is locked",
    deps,
    given: [
      anAction({
        annotations: [{ key: "final", value: true }],
        parameters: aes256.lock([{ key: "pin", value: 1 }]),
      }),
    ],
    method: "POST",
    path: hello,
    body: { pin: 2 },
    status: 400,
    error: "Request defines parameters that are not allowed (e.g., reserved properties).",
  },
  {
    name: "a final one without a value may be given",
    deps,
    given: [
      anAction({
        annotations: [{ key: "final", value: true }],
        parameters: aes256.lock([{ key: "pin", value: null }]),
      }),
    ],
    method: "POST",
    path: hello,
    body: { pin: 2 },
    status: 202,
    after: dispatches(undefined, () => ({ pin: 2 })),
  },
]);
