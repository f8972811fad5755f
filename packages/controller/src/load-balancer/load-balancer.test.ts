import { ServiceUnavailable, TooLarge } from "@meringue/core";
import { aMessage, anAction, anActivationId } from "@meringue/testkit";
import { describe, test } from "vitest";
import { balancerWorld, blockingMessage, combined, recordOf, turns } from "../../test/balancer-world.ts";
import { anInvoker } from "../../test/placement-world.ts";

describe("a load balancer", () => {
  test("sends an activation to an invoker, and answers with the record that comes back", async ({ expect }) => {
    const { balancer, sender, registry } = balancerWorld();
    const message = blockingMessage();
    const { result } = await balancer.dispatch(message);
    expect(balancer.inFlight.list()).toEqual([[message.activationId, "guest/hello@0.0.1"]]);
    const [{ invoker } = { invoker: -1 }] = sender.sent;
    sender.acknowledge(combined(message, invoker, recordOf(message)));

    expect(await result).toEqual(recordOf(message));
    expect(balancer.inFlight.size).toBe(0);
    expect(registry.reports).toEqual([{ instance: invoker, outcome: "success" }]);
    expect(balancer.load()).toMatchObject({ activations: 1, inFlight: 0, completions: { regular: 1 } });
  });

  test("answers with the result before the slot is free, and frees it with the completion", async ({ expect }) => {
    const { balancer, sender } = balancerWorld();
    const message = blockingMessage();
    const { result } = await balancer.dispatch(message);
    const { activationId, transid } = message;
    sender.acknowledge({ kind: "result", activationId, transid, activation: recordOf(message) });
    await result;
    expect(balancer.load().bookedMb).toEqual({ managed: 256, blackbox: 0 });

    const invoker = { instance: sender.sent[0]?.invoker ?? 0, userMemoryMb: 1_024 };
    sender.acknowledge({ kind: "completion", activationId, transid, isSystemError: false, invoker });
    expect(balancer.load().bookedMb).toEqual({ managed: 0, blackbox: 0 });
  });

  test("looks up the record that an acknowledgement could not carry", async ({ expect }) => {
    const { balancer, sender, activations } = balancerWorld();
    const message = blockingMessage();
    const { result } = await balancer.dispatch(message);
    await activations.put(recordOf(message));
    sender.acknowledge(combined(message, 0));

    expect(await result).toEqual(recordOf(message));
  });

  test("of a call that nobody waits for it looks up nothing, until somebody asks", async ({ expect }) => {
    const { balancer, sender, activations } = balancerWorld();
    let reads = 0;
    const { get } = activations;
    activations.get = (...given) => {
      reads++;
      return get.call(activations, ...given);
    };
    const message = aMessage();
    const dispatched = await balancer.dispatch(message);
    await activations.put(recordOf(message));
    sender.acknowledge(combined(message, 0));
    await dispatched.ended;
    expect(reads).toBe(0);

    expect(await dispatched.result).toEqual(recordOf(message));
  });

  test("finds the record of a blocking call in the store when no acknowledgement comes", async ({ expect }) => {
    const { balancer, clock, activations } = balancerWorld();
    const message = blockingMessage();
    const { result } = await balancer.dispatch(message);
    await activations.put(recordOf(message));
    clock.advance(20_000);

    expect(await result).toEqual(recordOf(message));
  });

  test("without any invoker that takes work it refuses at once", async ({ expect }) => {
    const { balancer, registry } = balancerWorld(0);
    await expect(balancer.dispatch(aMessage())).rejects.toThrow(ServiceUnavailable);
    registry.tell(anInvoker(0, { health: "unhealthy" }), anInvoker(1, { health: "draining" }));

    await expect(balancer.dispatch(aMessage())).rejects.toThrow(
      "The server is currently unavailable (because it is overloaded or down for maintenance).",
    );
    expect(balancer.load().refused).toBe(2);
  });

  test("an activation that finds no room waits for the first slot that comes free", async ({ expect }) => {
    const { balancer, sender } = balancerWorld(1);
    const running = Array.from({ length: 4 }, () => aMessage());
    for (const each of running) await balancer.dispatch(each);
    const waits = [aMessage(), aMessage()];
    const placed = waits.map((each) => balancer.dispatch(each));
    await turns();
    expect([sender.sent.length, balancer.load().waiting]).toEqual([4, 2]);
    sender.acknowledge(combined(running[2] ?? aMessage(), 0));
    await placed[0];

    expect(sender.sent.map(({ message }) => message)).toEqual([...running, waits[0]]);
    sender.acknowledge(combined(running[0] ?? aMessage(), 0));
    await placed[1];
  });

  test("who waited too long for room is refused, and nothing of it is booked", async ({ expect }) => {
    const { balancer, clock, sender } = balancerWorld(1, { queueMs: 5_000 });
    for (let n = 0; n < 4; n++) await balancer.dispatch(aMessage());
    const refused = expect(balancer.dispatch(aMessage())).rejects.toThrow(ServiceUnavailable);
    clock.advance(5_000);
    await refused;

    expect([sender.sent.length, balancer.load().waiting]).toEqual([4, 0]);
  });

  test("no more wait than may", async ({ expect }) => {
    const { balancer } = balancerWorld(1, { queueLimit: 1 });
    for (let n = 0; n < 4; n++) await balancer.dispatch(aMessage());
    void balancer.dispatch(aMessage()).catch(() => undefined);

    await expect(balancer.dispatch(aMessage())).rejects.toThrow(ServiceUnavailable);
  });

  test("one that needs much is not passed by for ever by those that need little", async ({ expect }) => {
    const { balancer, sender, clock } = balancerWorld(1);
    const small = Array.from({ length: 4 }, () => aMessage());
    for (const each of small) await balancer.dispatch(each);
    const limits = { timeout: 60_000, memory: 1_024, logs: 10, concurrency: 1 };
    const large = aMessage({ action: { id: "guest/large", rev: "1-a", action: anAction({ limits }) } });
    const placed = balancer.dispatch(large);
    clock.advance(6_000);
    const late = balancer.dispatch(aMessage());
    for (const each of small) sender.acknowledge(combined(each, 0));
    await placed;

    expect(sender.sent.at(-1)?.message).toBe(large);
    sender.acknowledge(combined(large, 0));
    await late;
  });

  test("what the bus did not take is refused as what it is, and books nothing", async ({ expect }) => {
    const { balancer, sender } = balancerWorld();
    sender.failWith = new TooLarge("too large");
    await expect(balancer.dispatch(aMessage())).rejects.toThrow(TooLarge);
    sender.failWith = new Error("socket");
    await expect(balancer.dispatch(aMessage())).rejects.toThrow(ServiceUnavailable);

    expect(balancer.load()).toMatchObject({ inFlight: 0, bookedMb: { managed: 0 }, activations: 0 });
  });

  test("sends what waits for nothing where a container idles", async ({ expect }) => {
    const { balancer, sender } = balancerWorld(9);
    const first = aMessage();
    await balancer.dispatch(first);
    const where = sender.sent[0]?.invoker ?? -1;
    sender.acknowledge(combined(first, where));
    await balancer.dispatch(aMessage());

    expect(sender.sent[1]?.invoker).toBe(where);
    expect(balancer.load().warm).toBe(1);
  });

  test("an acknowledgement that nobody waits for changes nothing", async ({ expect }) => {
    const { balancer, sender } = balancerWorld();
    sender.acknowledge(combined(aMessage({ activationId: anActivationId() }), 0));
    const message = aMessage();
    await balancer.dispatch(message);
    for (let time = 0; time < 3; time++) sender.acknowledge(combined(message, 0));

    expect(balancer.load()).toMatchObject({ inFlight: 0, bookedMb: { managed: 0 } });
    expect(balancer.load().completions).toMatchObject({ regular: 1, regularAfterForced: 3 });
  });

  test("closes when all is answered, and refuses meanwhile", async ({ expect }) => {
    const { balancer, sender } = balancerWorld();
    const message = aMessage();
    await balancer.dispatch(message);
    const closed = balancer.close(30_000);
    await expect(balancer.dispatch(aMessage())).rejects.toThrow(ServiceUnavailable);
    sender.acknowledge(combined(message, 0));
    await closed;
  });

  test("does not wait longer than it was told to when it closes", async () => {
    const { balancer, clock } = balancerWorld();
    await balancer.dispatch(aMessage());
    const closed = balancer.close(1_000);
    clock.advance(1_000);
    await closed;
  });
});
