import { randomUUID } from "node:crypto";
import type { Activation, ActivationMessage } from "@meringue/core";
import { anAction } from "./entity-builders.ts";
import { anIdentity } from "./identity-builders.ts";

/** 32 lower-case hexadecimal digits, random. */
export function anActivationId(): string {
  return randomUUID().replaceAll("-", "");
}

/** The record of a successful run of `guest/hello`. */
export function anActivation(over: Partial<Activation> = {}): Activation {
  return {
    namespace: "guest",
    name: "hello",
    version: "0.0.1",
    subject: "guest",
    activationId: anActivationId(),
    start: 1_767_225_600_000,
    end: 1_767_225_600_060,
    duration: 60,
    response: { statusCode: 0, result: { greeting: "Hello, Ada" }, size: 25 },
    logs: ["2026-01-01T00:00:00.010Z stdout: hello"],
    annotations: [
      { key: "path", value: "guest/hello" },
      { key: "kind", value: "nodejs:24" },
    ],
    publish: false,
    ...over,
  };
}

/** An activation of `guest/hello` on its way to an invoker. */
export function aMessage(over: Partial<ActivationMessage> = {}): ActivationMessage {
  return {
    activationId: anActivationId(),
    transid: anActivationId(),
    action: { id: "guest/hello", rev: "1-a", action: anAction() },
    user: anIdentity(),
    args: { name: "Ada" },
    initArgs: [],
    blocking: false,
    received: 1_767_225_600_000,
    ...over,
  };
}
