import fc from "fast-check";
import { describe, test } from "vitest";
import { anyJson, anyKeyValues, refusalOf } from "../../test/arbitraries.ts";
import {
  type Activation,
  encodeActivation,
  encodeActivationSummary,
  encodeResponse,
  parseActivationId,
  type StatusCode,
} from "./activation.ts";
import { decodeActivation, encodeActivationDocument } from "./activation-document.ts";
import { BadRequest } from "./errors.ts";
import type { Json } from "./json.ts";

const id = "0123456789abcdef0123456789abcdef";
const activation: Activation = {
  namespace: "guest",
  name: "hello",
  version: "0.0.1",
  subject: "guest",
  activationId: id,
  start: 1000,
  end: 1012,
  response: { statusCode: 0, result: { greeting: "hi" }, size: 17 },
  logs: ["one"],
  annotations: [{ key: "path", value: "guest/hello" }],
  publish: false,
};

const anyActivation: fc.Arbitrary<Activation> = fc.record(
  {
    namespace: fc.string(),
    name: fc.string(),
    version: fc.string(),
    subject: fc.string(),
    activationId: fc.string(),
    start: fc.nat(),
    end: fc.nat(),
    duration: fc.nat(),
    cause: fc.string(),
    response: fc.record(
      { statusCode: fc.constantFrom<StatusCode>(0, 1, 2, 3), result: anyJson, size: fc.nat() },
      { requiredKeys: ["statusCode"] },
    ),
    logs: fc.array(fc.string()),
    annotations: anyKeyValues,
    publish: fc.constant(false as const),
  },
  {
    requiredKeys: [
      "namespace",
      "name",
      "version",
      "subject",
      "activationId",
      "start",
      "end",
      "response",
      "logs",
      "annotations",
      "publish",
    ],
  },
);

describe("the id of an activation", () => {
  test("is 32 lower-case hexadecimal digits", ({ expect }) => {
    expect(parseActivationId(id)).toBe(id);
  });

  test.for([
    ["", "Activation id length is 0 but must be 32."],
    [`${id}0`, "Activation id length is 33 but must be 32."],
    [id.toUpperCase(), "The activation id is not valid."],
    [id.replace("0", "g"), "The activation id is not valid."],
    [id.replace("0", "\n"), "The activation id is not valid."],
  ] as const)("is not %j", ([text, message], { expect }) => {
    expect(refusalOf(() => parseActivationId(text))).toBe(message);
    expect(() => parseActivationId(text)).toThrow(BadRequest);
    expect(() => parseActivationId(text)).toThrow(expect.objectContaining({ rejection: true }));
  });
});

describe("an activation is shown", () => {
  test("as a record", ({ expect }) => {
    expect(encodeActivation(activation)).toEqual({
      ...activation,
      duration: 12,
      response: { status: "success", success: true, result: { greeting: "hi" }, size: 17 },
    });
  });

  test("with its own duration and cause where it has them", ({ expect }) => {
    expect(encodeActivation({ ...activation, duration: 5, cause: id })).toMatchObject({
      duration: 5,
      cause: id,
      end: 1012,
    });
  });

  test("without end and duration where those do not apply", ({ expect }) => {
    const shown = encodeActivation({ ...activation, end: 0, duration: 7 });
    expect(shown).not.toHaveProperty("end");
    expect(shown).not.toHaveProperty("duration");
  });

  test("in a listing, where the duration is end - start and the status a number", ({ expect }) => {
    const response = { statusCode: 2 as const, result: { error: "x" } };
    expect(encodeActivationSummary({ ...activation, duration: 5, cause: id, response })).toEqual({
      namespace: "guest",
      name: "hello",
      version: "0.0.1",
      publish: false,
      activationId: id,
      start: 1000,
      end: 1012,
      duration: 12,
      statusCode: 2,
      cause: id,
      annotations: activation.annotations,
    });
    const trigger = encodeActivationSummary({ ...activation, end: 0 });
    expect(Object.keys(trigger)).not.toEqual(expect.arrayContaining(["end"]));
    expect(trigger).not.toHaveProperty("duration");
    expect(trigger).not.toHaveProperty("statusCode");
  });

  test.for([
    [0, "success", true],
    [1, "application error", false],
    [2, "action developer error", false],
    [3, "whisk internal error", false],
  ] as const)("with status %d in words", ([statusCode, status, success], { expect }) => {
    expect(encodeResponse({ statusCode })).toEqual({ status, success });
  });

  test("with a result of null, which is a result", ({ expect }) => {
    expect(encodeResponse({ statusCode: 0, result: null, size: 0 })).toHaveProperty("result", null);
  });
});

describe("the document of an activation", () => {
  test("holds the status as a number, and an end even where none applies", ({ expect }) => {
    expect(encodeActivationDocument({ ...activation, end: 0 })).toEqual({ ...activation, end: 0 });
  });

  test("comes back as it was, through JSON and with members of others", ({ expect }) => {
    fc.assert(
      fc.property(anyActivation, (written) => {
        const json = JSON.parse(JSON.stringify({ ...encodeActivationDocument(written), _id: "x", updated: 1 })) as Json;
        expect(decodeActivation(json)).toEqual(written);
      }),
    );
  });

  const document = encodeActivationDocument(activation);
  test.for([
    ["null", null],
    ["no start", { ...document, start: "x" }],
    ["no name", { ...document, name: null }],
    ["no response", { ...document, response: [] }],
    ["an unknown status", { ...document, response: { statusCode: 4 } }],
    ["logs that are no list", { ...document, logs: "x" }],
    ["logs of numbers", { ...document, logs: [1] }],
    ["bad annotations", { ...document, annotations: [1] }],
    ["a bad duration", { ...document, duration: "1" }],
  ] as const)("with %s is corrupted", ([, json], { expect }) => {
    expect(refusalOf(() => decodeActivation(structuredClone(json) as Json))).toBe(
      "Resource is corrupted and cannot be read.",
    );
  });
});
