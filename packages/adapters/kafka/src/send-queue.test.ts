import { ServiceUnavailable } from "@meringue/core";
import { fakeClock } from "@meringue/testkit";
import { describe, expect, test } from "vitest";
import { sendQueue } from "./send-queue.ts";
import type { Topic } from "./topics.ts";

const TOPIC: Topic = { name: "invoker0", kind: "invoker" };
const OTHER: Topic = { name: "invoker1", kind: "invoker" };
const value = (size: number): Buffer => Buffer.alloc(size);

function world(over = {}) {
  const clock = fakeClock();
  const queue = sendQueue(clock, { deliveryTimeoutMs: 1_000, maxBatchBytes: 1_000, ...over });
  return { clock, queue };
}

describe("a send queue", () => {
  test("hands over all that waits as one batch, and resolves each when it is done", async () => {
    const { queue } = world();
    const sent = [queue.add(TOPIC, value(10), undefined), queue.add(OTHER, value(10), undefined)];
    const batch = queue.next();
    expect(batch.map(({ topic }) => topic.name)).toEqual(["invoker0", "invoker1"]);
    expect([queue.next(), queue.waitingBytes]).toEqual([[], 20]);
    for (const each of batch) each.done();
    await Promise.all(sent);
    expect(queue.waitingBytes).toBe(0);
  });

  test("bounds what one batch holds of a topic, and keeps the order", () => {
    const { queue } = world();
    for (const size of [600, 600, 10]) void queue.add(TOPIC, value(size), undefined);
    void queue.add(OTHER, value(600), undefined);
    const sizes = (): number[] => queue.next().map((each) => each.value.byteLength);
    expect([sizes(), sizes(), sizes()]).toEqual([[600, 600], [600, 10], []]);
  });

  test("hands over a message that is larger than a batch, alone", () => {
    const { queue } = world();
    for (const size of [2_000, 10]) void queue.add(TOPIC, value(size), undefined);
    expect([queue.next().length, queue.next().length]).toEqual([1, 1]);
  });

  test("gives up what was not done in time, and does not send it any more", async () => {
    const { clock, queue } = world();
    const late = queue.add(TOPIC, value(10), undefined);
    clock.advance(1_000);
    await expect(late).rejects.toThrow(ServiceUnavailable);
    expect([queue.next(), queue.waitingBytes]).toEqual([[], 0]);
  });

  test("takes nothing while too much waits", async () => {
    const { queue } = world({ maxWaitingBytes: 100 });
    const first = queue.add(TOPIC, value(80), undefined);
    await expect(queue.add(TOPIC, value(30), undefined)).rejects.toThrow(ServiceUnavailable);
    for (const each of queue.next()) each.done();
    await first;
    void queue.add(TOPIC, value(30), undefined);
    expect(queue.waitingBytes).toBe(30);
  });
});
