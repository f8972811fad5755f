import { ContainerStartFailed } from "@meringue/core";
import { aMessage, anAction } from "@meringue/testkit";
import { describe, test } from "vitest";
import { startFailure } from "./start-failure.ts";

const image = "somebody/thing:1";
const exec = { type: "blackbox", kind: "blackbox", image, binary: false, hasCode: false } as const;
const ofImage = aMessage({ action: { id: "guest/hello", rev: "1", action: anAction({ exec }) } });

describe("the failure to start", () => {
  test.for([
    [ofImage, "host", 3, "Failed to provision resources to run the action."],
    [ofImage, "image", 2, "Failed to pull container image 'somebody/thing:1'."],
    [ofImage, "command", 2, "executable file not found in image somebody/thing:1"],
    [aMessage(), "host", 3, "Failed to provision resources to run the action."],
    [aMessage(), "image", 3, "Failed to provision resources to run the action."],
    [aMessage(), "command", 3, "Failed to provision resources to run the action."],
  ] as const)("of a container is told by whose fault it is", ([message, fault, statusCode, error], { expect }) => {
    expect(startFailure(message, new ContainerStartFailed(fault, "why"))).toEqual({ statusCode, result: { error } });
  });
});
