import type { Acknowledgement, Change, JsonObject, PlatformEvent, TravellingActivation } from "@meringue/core";
import { anActivation, anActivationId, anIdentity } from "@meringue/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAcknowledgement, encodeAcknowledgement, shrunk } from "./acknowledgement.ts";
import { decodeActivationMessage, encodeActivationMessage } from "./activation-message.ts";
import { decodeInvalidation, encodeInvalidation } from "./cache-invalidation.ts";
import { decodePing, encodePing } from "./ping.ts";
import { jsonBytes, MalformedMessage, parseObject } from "./read-json.ts";
import { decodeEvent, encodeEvent } from "./user-event.ts";

// As upstream writes them, member for member.
const KEY = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP";
const USER = {
  subject: "guest",
  namespace: { name: "guest", uuid: "23bc46b1-71f6-4ed5-8c54-816aa4f8c502" },
  authkey: { api_key: KEY },
  rights: ["READ", "PUT", "DELETE", "ACTIVATE"],
  limits: {},
};
const ACTIVATION: JsonObject = {
  transid: ["Y5xgkKSnaW2Qv0bW1a0xP7rM2bQd8Lz1", 1_760_000_000_000],
  action: { path: "guest", name: "hello", version: "0.0.1" },
  revision: "1-967a00df",
  user: USER,
  activationId: "44794bd6aab74415b4e42a308d880e5b",
  rootControllerIndex: { asString: "0", instanceType: "controller" },
  blocking: true,
  content: { name: "Ada" },
  initArgs: ["STAGE"],
  lockedArgs: { pw: "aes-256" },
  cause: "a".repeat(32),
  traceContext: {},
};
const INVOKER: JsonObject = {
  instance: 0,
  userMemory: "1073741824 B",
  instanceType: "invoker",
  tags: [],
  dedicatedNamespaces: [],
  uniqueName: "w1",
  displayedName: "w1",
};

describe("an activation on its way", () => {
  test("is read as upstream writes it, and written as upstream reads it", () => {
    const read = decodeActivationMessage(ACTIVATION);
    expect(read).toEqual({
      activationId: "44794bd6aab74415b4e42a308d880e5b",
      transid: "Y5xgkKSnaW2Qv0bW1a0xP7rM2bQd8Lz1",
      received: 1_760_000_000_000,
      action: { id: "guest/hello", version: "0.0.1", rev: "1-967a00df" },
      user: { subject: "guest", namespace: USER.namespace, authKey: KEY, limits: {} },
      controller: "0",
      blocking: true,
      args: { name: "Ada" },
      initArgs: ["STAGE"],
      lockedArgs: { pw: "aes-256" },
      cause: "a".repeat(32),
      traceContext: {},
    });
    expect(encodeActivationMessage(read)).toEqual(ACTIVATION);
  });

  test("has all that upstream's reader insists on, also where there is nothing to say", () => {
    const bare = encodeActivationMessage({ ...decodeActivationMessage(ACTIVATION), initArgs: [], lockedArgs: {} });
    expect(bare).toMatchObject({ initArgs: [], lockedArgs: {}, user: { rights: USER.rights, limits: {} } });
  });

  test.each([
    ["no revision", { revision: null }, { action: { id: "guest/hello", version: "0.0.1", rev: undefined } }],
    ["a name in one text", { action: "/guest/pkg/hello" }, { action: { id: "guest/pkg/hello", version: undefined } }],
    ["extra logging", { transid: ["t", 1, true] }, { transid: "t", received: 1, extraLogging: true }],
    ["a parent's transaction", { transid: ["t", 1, ["p", 0]] }, { transid: "t", received: 1 }],
    ["an array of arguments", { content: [1, 2] }, { args: [1, 2] }],
    [
      "a binding",
      { action: { path: "guest/pkg", name: "hello", version: "0.0.3", binding: "guest/bound" } },
      { action: { id: "guest/pkg/hello", version: "0.0.3", binding: "guest/bound" } },
    ],
    ["members that nobody knows", { more: { any: "thing" } }, {}],
  ] as [string, JsonObject, object][])("may have %s", (_what, over, found) => {
    expect(decodeActivationMessage({ ...ACTIVATION, ...over })).toMatchObject(found);
  });

  test.each(["transid", "action", "user", "activationId", "rootControllerIndex", "blocking"])(
    "is none without %s",
    (member) => {
      const { [member]: _left, ...rest } = ACTIVATION;
      expect(() => decodeActivationMessage(rest)).toThrow(MalformedMessage);
    },
  );

  test.each([
    ["an id that is none", { activationId: "../etc" }],
    ["a name that leads elsewhere", { action: { path: "guest/..", name: "he/llo" } }],
    ["a namespace that is no name", { user: { ...USER, namespace: { name: "a/b", uuid: "u" } } }],
    ["arguments for the environment that are no list", { initArgs: { a: 1 } }],
  ] as [string, JsonObject][])("is none with %s", (_what, over) => {
    expect(() => decodeActivationMessage({ ...ACTIVATION, ...over })).toThrow(MalformedMessage);
  });

  test("comes out as it went in, whatever it holds", () => {
    fc.assert(
      fc.property(anyActivation(), (activation) => {
        expect(decodeActivationMessage(parseObject(jsonBytes(encodeActivationMessage(activation))))).toEqual(
          activation,
        );
      }),
    );
  });

  test("what only we know stands apart", () => {
    const activation = { ...decodeActivationMessage(ACTIVATION), streamTo: "http://10.0.0.1:1/x" };
    expect(encodeActivationMessage(activation)).toEqual({
      ...ACTIVATION,
      meringue: { streamTo: "http://10.0.0.1:1/x" },
    });
  });
});

function anyActivation(): fc.Arbitrary<TravellingActivation> {
  const text = fc.constantFrom("", "plain", "\u0000 é 漢 😀", "\ud800", '"\\');
  const name = fc.nat().map((n) => `n_${n.toString(36)}`);
  const texts = fc.dictionary(name, text);
  return fc.record(
    {
      activationId: fc.uuid().map((uuid) => uuid.replaceAll("-", "")),
      transid: text,
      received: fc.nat(),
      action: fc.record({
        id: fc.array(name, { minLength: 2, maxLength: 3 }).map((parts) => parts.join("/")),
        version: fc.constantFrom("0.0.1", undefined),
        rev: fc.option(name, { nil: undefined }),
      }),
      user: fc.constant(anIdentity({ limits: { invocationsPerMinute: 3, allowedKinds: ["nodejs:24"] } })),
      controller: name,
      blocking: fc.boolean(),
      // as JSON carries it: no -0
      args: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value))),
      initArgs: fc.array(text),
      lockedArgs: texts,
      cause: name,
      traceContext: texts,
      extraLogging: fc.constant(true as const),
      streamTo: text,
    },
    {
      requiredKeys: [
        "activationId",
        "transid",
        "received",
        "action",
        "user",
        "controller",
        "blocking",
        "args",
        "initArgs",
        "lockedArgs",
      ],
    },
  );
}

describe("an acknowledgement", () => {
  const activation = anActivation({ logs: [], cause: "b".repeat(32) });
  const { activationId } = activation;
  const record = {
    namespace: "guest",
    name: "hello",
    version: "0.0.1",
    subject: "guest",
    activationId,
    start: activation.start,
    end: activation.end,
    duration: 60,
    cause: "b".repeat(32),
    response: { statusCode: 0, result: { greeting: "Hello, Ada" }, size: 25 },
    logs: [],
    annotations: activation.annotations.map(({ key, value }) => ({ key, value })),
    publish: false,
  };
  const invoker = {
    instance: 0,
    userMemoryMb: 1024,
    tags: [],
    dedicatedNamespaces: [],
    uniqueName: "w1",
    displayedName: "w1",
  };
  const slot = { isSystemError: false, instance: INVOKER };
  const freed = { isSystemError: false, invoker };

  test.each([
    ["a result", { response: record }, { kind: "result", activation }],
    ["a result that travels as its id", { response: activationId }, { kind: "result", activation: undefined }],
    ["a completion", { activationId, ...slot }, { kind: "completion", ...freed }],
    ["both in one", { response: record, ...slot }, { kind: "combined", activation, ...freed }],
    [
      "both in one, as an id",
      { response: activationId, ...slot },
      { kind: "combined", activation: undefined, ...freed },
    ],
  ] as [string, JsonObject, object][])("of %s is read as upstream writes it, and written so", (_what, json, rest) => {
    const wire = { transid: ["t", 5], ...json };
    const ack = { transid: "t", activationId, ...rest } as Acknowledgement;
    expect(decodeAcknowledgement(wire)).toEqual(ack);
    expect(encodeAcknowledgement(ack, 5)).toEqual(wire);
  });

  test("has an empty list where there are no logs yet, since upstream insists on one", () => {
    const encoded = encodeAcknowledgement({ kind: "result", transid: "t", activationId, activation }, 5);
    expect(encoded).toMatchObject({ response: { logs: [], annotations: expect.any(Array), publish: false } });
  });

  test("shrinks to the id of its record, once", () => {
    const ack: Acknowledgement = { kind: "result", transid: "t", activationId, activation };
    const small = shrunk(ack);
    expect(small).toEqual({ ...ack, activation: undefined });
    expect(small && shrunk(small)).toBeUndefined();
    expect(shrunk({ kind: "completion", transid: "t", activationId, ...freed })).toBeUndefined();
  });

  test.each([
    ["nothing but a transaction", { transid: ["t", 1] }],
    [
      "an invoker without memory",
      { transid: ["t", 1], response: activationId, isSystemError: false, instance: { instance: 0 } },
    ],
    ["no word on whose fault", { transid: ["t", 1], activationId, instance: INVOKER }],
  ] as [string, JsonObject][])("is none with %s", (_what, json) => {
    expect(() => decodeAcknowledgement(json)).toThrow(MalformedMessage);
  });
});

describe("a ping", () => {
  test("is read as upstream writes it, and written so", () => {
    const ping = decodePing({ name: INVOKER, isEnabled: true });
    expect(ping).toEqual({
      invoker: {
        instance: 0,
        userMemoryMb: 1024,
        tags: [],
        dedicatedNamespaces: [],
        uniqueName: "w1",
        displayedName: "w1",
      },
      isEnabled: true,
    });
    expect(encodePing(ping)).toEqual({ name: INVOKER, isEnabled: true });
  });

  test("that does not say so means an invoker that takes work", () => {
    expect(decodePing({ name: INVOKER }).isEnabled).toBe(true);
  });

  test("carries what only we tell, and what is busy", () => {
    const ping = { ...decodePing({ name: { ...INVOKER, busyMemory: "256 MB" } }), more: { freeMemoryMb: 768 } };
    expect(ping.invoker.busyMemoryMb).toBe(256);
    expect(decodePing(encodePing(ping))).toEqual(ping);
  });
});

describe("an invalidation", () => {
  test("of an entity is read as upstream writes it, and written so", () => {
    const wire = { key: { mainId: "guest/hello" }, instanceId: "controller0" };
    const read = decodeInvalidation(wire);
    expect(read).toEqual({ change: { kind: "entity", id: "guest/hello" }, instanceId: "controller0" });
    expect(encodeInvalidation(read)).toEqual(wire);
    expect(decodeInvalidation({ ...wire, key: { mainId: "guest/hello", secondaryId: "x" } })).toEqual(read);
  });

  test.each([
    { kind: "subject", subject: "guest" },
    { kind: "limits", namespace: "guest" },
    { kind: "everything" },
  ] as Change[])("of %o comes out as it went in, with a key that upstream can read", (change) => {
    const wire = encodeInvalidation({ change, instanceId: "controller1" });
    expect(wire).toMatchObject({ key: { mainId: expect.any(String) }, instanceId: "controller1" });
    expect(decodeInvalidation(wire)).toEqual({ change, instanceId: "controller1" });
  });
});

describe("an event", () => {
  const about = {
    subject: "guest",
    namespace: "guest",
    userId: "23bc46b1-71f6-4ed5-8c54-816aa4f8c502",
    timestamp: 1_760_000_003_000,
  };
  const body = {
    name: "guest/hello",
    activationId: anActivationId(),
    statusCode: 0,
    duration: 3,
    waitTime: 12,
    initTime: 0,
    kind: "nodejs:20",
    conductor: false,
    memory: 256,
    causedBy: "sequence",
    size: 20,
    userDefinedStatusCode: 201,
  };

  test.each([
    [
      { source: "invoker0", body, ...about, eventType: "Activation" },
      { source: "invoker0", run: body, ...about, eventType: "Activation" },
    ],
    [
      {
        source: "controller0",
        body: { metricName: "ConcurrentRateLimit", metricValue: 1 },
        ...about,
        eventType: "Metric",
      },
      { source: "controller0", metricName: "ConcurrentRateLimit", metricValue: 1, ...about, eventType: "Metric" },
    ],
  ] as [JsonObject, PlatformEvent][])("is read as upstream writes it, and written so: %#", (wire, event) => {
    expect(decodeEvent(wire)).toEqual(event);
    expect(encodeEvent(event)).toEqual(wire);
  });
});

test("bytes that are no JSON object are no message", () => {
  for (const text of ["", "{", "[]", "1", "\u0000"])
    expect(() => parseObject(Buffer.from(text))).toThrow(MalformedMessage);
  expect(() => parseObject(undefined)).toThrow(MalformedMessage);
});
