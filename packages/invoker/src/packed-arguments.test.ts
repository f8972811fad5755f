import type { ActivationMessage } from "@meringue/core";
import { describe, test } from "vitest";
import { packedArguments } from "./packed-arguments.ts";

const messageWith = (args: object, argsBytes?: number) => ({ activationId: "a", args, argsBytes }) as ActivationMessage;

describe("the arguments of an activation that waits", () => {
  test("are packed when they are large, and come back as they were", ({ expect }) => {
    const message = messageWith({ list: Array(20_000).fill([]), text: "é漢😀", __proto__: null }, 100_000);
    const packed = packedArguments(message);

    expect(packed?.without).toEqual({ ...message, args: {} });
    expect(packed?.whole()).toEqual({ ...message, args: { ...(message.args as object) } });
  });

  test("stay as they are when they are small, or nobody knows how large", ({ expect }) => {
    expect([packedArguments(messageWith({}, 100)), packedArguments(messageWith({}))]).toEqual([undefined, undefined]);
  });
});
