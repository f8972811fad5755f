import { anActivation } from "@meringue/testkit";
import { describe, test } from "vitest";
import { type ActivationEvent, localActivationFeed } from "./activation-feed.ts";

const ended = (): ActivationEvent => ({ kind: "ended", activation: anActivation() });

describe("the activation feed of a process", () => {
  test("tells those who follow a namespace, and nobody else", ({ expect }) => {
    const feed = localActivationFeed();
    const heard: string[] = [];
    feed.subscribe("guest", () => heard.push("guest"));
    feed.subscribe("guest", () => heard.push("guest too"));
    feed.subscribe("other", () => heard.push("other"));
    feed.publish("guest", ended());

    expect(heard).toEqual(["guest", "guest too"]);
  });

  test("knows whether anybody follows a namespace", ({ expect }) => {
    const feed = localActivationFeed();
    const listener = (): void => undefined;
    const known = (): boolean[] => ["guest", "other"].map((namespace) => feed.isFollowed(namespace));
    expect(known()).toEqual([false, false]);
    const stops = [feed.subscribe("guest", listener), feed.subscribe("guest", listener)];
    expect(known()).toEqual([true, false]);
    stops[0]?.();
    stops[0]?.();
    expect(known()).toEqual([true, false]);
    stops[1]?.();
    expect(known()).toEqual([false, false]);
  });

  test("forgets what nobody heard", ({ expect }) => {
    const feed = localActivationFeed();
    feed.publish("guest", ended());
    const heard: ActivationEvent[] = [];
    const stop = feed.subscribe("guest", (event) => heard.push(event));
    stop();
    feed.publish("guest", ended());

    expect(heard).toEqual([]);
  });
});
