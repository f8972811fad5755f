import { MultipleErrors, NetworkError, ProtocolError, UserError } from "@platformatic/kafka";
import { expect, test } from "vitest";
import { isError, isFinal, isUnknownTopic } from "./broker-error.ts";
import { reasonOf } from "./reason-of.ts";

const exists = new ProtocolError("TOPIC_ALREADY_EXISTS");
const deep = new MultipleErrors("Creating topics failed.", [new UserError("Something failed.", { cause: exists })]);

test("what the broker said is found however deep it is", () => {
  expect(isError(deep, "TOPIC_ALREADY_EXISTS")).toBe(true);
  expect(isError(deep, "MESSAGE_TOO_LARGE")).toBe(false);
  expect(isError(undefined, "TOPIC_ALREADY_EXISTS")).toBe(false);
});

test("a topic that is not there is known by its code, and by the library's own words", () => {
  expect(isUnknownTopic(new ProtocolError("UNKNOWN_TOPIC_OR_PARTITION"))).toBe(true);
  expect(isUnknownTopic(new MultipleErrors("failed", [new UserError("Unknown topic invoker0.")]))).toBe(true);
  expect(isUnknownTopic(deep)).toBe(false);
});

test("a lost connection is worth another try, a refused message is not", () => {
  expect(isFinal(new NetworkError("Connection closed"))).toBe(false);
  expect(isFinal(new ProtocolError("MESSAGE_TOO_LARGE"))).toBe(true);
});

test("people are told what is at the bottom", () => {
  expect(reasonOf(deep)).toBe(exists.message);
  expect(reasonOf(new Error("plain"))).toBe("plain");
  expect(reasonOf("text")).toBe("text");
});
