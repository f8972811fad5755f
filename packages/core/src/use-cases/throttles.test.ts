import { aMessage, anIdentity, fakeClock } from "@meringue/testkit";
import fc from "fast-check";
import { describe, test } from "vitest";
import type { Activation } from "../domain/activation.ts";
import { ServiceUnavailable, TooManyRequests } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { type NamespaceLimits, type SystemLimits, UPSTREAM_LIMITS } from "../domain/limits.ts";
import type { Dispatcher } from "../ports/dispatcher.ts";
import { type Admit, throttles } from "./throttles.ts";

const MINUTE_MS = 60_000;

function world(limits: Partial<SystemLimits> = {}) {
  const clock = fakeClock();
  return { clock, throttles: throttles({ ...UPSTREAM_LIMITS, ...limits }, clock) };
}

function someone(limits: NamespaceLimits = {}): Identity {
  return anIdentity({ limits });
}

/** What a call is told, `undefined` when it is admitted. */
function refusal(admit: Admit, identity: Identity): readonly [text: string, retryAfterSeconds?: number] | undefined {
  try {
    admit(identity);
    return undefined;
  } catch (error) {
    if (!(error instanceof TooManyRequests)) throw error;
    return [error.message, error.retryAfterSeconds ?? Number.NaN];
  }
}

const perMinute = (count: number, allowed: number): string =>
  `Too many requests in the last minute (count: ${count}, allowed: ${allowed}).`;
const atATime = (count: number, allowed: number): string =>
  `Too many concurrent requests in flight (count: ${count}, allowed: ${allowed}).`;

/** A dispatcher whose activations end when they are told to. */
function pending() {
  const ends: (() => void)[] = [];
  const dispatcher: Dispatcher = {
    dispatch: async () => ({ result: new Promise((resolve) => ends.push(() => resolve({} as Activation))) }),
  };
  return { dispatcher, ends };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("calls per minute", () => {
  test("are let through up to the limit, and then refused with a word on when to come again", ({ expect }) => {
    const { clock, throttles } = world({ invocationsPerMinute: 3 });
    const ada = someone();
    for (let calls = 0; calls < 3; calls++) {
      expect(refusal(throttles.admitInvocation, ada)).toBeUndefined();
      clock.advance(10_000);
    }
    expect(refusal(throttles.admitInvocation, ada)).toEqual([perMinute(4, 3), 30]);
    clock.advance(500);
    expect(refusal(throttles.admitInvocation, ada)).toEqual([perMinute(5, 3), 30]);
    clock.advance(29_499);
    expect(refusal(throttles.admitInvocation, ada)).toEqual([perMinute(6, 3), 1]);
    clock.advance(1);
    expect(refusal(throttles.admitInvocation, ada)).toBeUndefined();
  });

  test("never get beyond the limit in any 60 seconds, and are never refused below it", ({ expect }) => {
    const gaps = fc.array(fc.oneof(fc.nat(3_000), fc.constantFrom(0, MINUTE_MS - 1, MINUTE_MS)), { maxLength: 80 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 12 }), (gaps, limit) => {
        const { clock, throttles } = world({ invocationsPerMinute: limit });
        const ada = someone();
        const admitted: number[] = [];
        for (const gap of gaps) {
          clock.advance(gap);
          const before = admitted.filter((each) => each > clock.now() - MINUTE_MS).length;
          const refused = refusal(throttles.admitInvocation, ada) !== undefined;
          expect(refused).toBe(before >= limit);
          if (!refused) admitted.push(clock.now());
        }
        for (const from of admitted) {
          expect(admitted.filter((each) => each >= from && each < from + MINUTE_MS).length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  test("are let through at the moment they were told to come again", ({ expect }) => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 40 }), (gaps) => {
        const { clock, throttles } = world({ invocationsPerMinute: 5 });
        const ada = someone();
        for (const gap of gaps) {
          clock.advance(gap);
          const refused = refusal(throttles.admitInvocation, ada);
          if (refused === undefined) continue;
          expect(refused[1]).toBeGreaterThanOrEqual(1);
          expect(refused[1]).toBeLessThanOrEqual(60);
          clock.advance((refused[1] ?? 0) * 1_000);
          expect(refusal(throttles.admitInvocation, ada)).toBeUndefined();
        }
      }),
    );
  });

  test("come through at the limit's pace also for those who keep asking too often", ({ expect }) => {
    const { clock, throttles } = world({ invocationsPerMinute: 60 });
    const ada = someone();
    let admitted = 0;
    for (let call = 0; call < 1_200; call++) {
      if (refusal(throttles.admitInvocation, ada) === undefined) admitted++;
      clock.advance(500);
    }
    expect(admitted).toBe(600);
  });

  test("are counted for each namespace, and apart from what is fired", ({ expect }) => {
    const { throttles } = world({ invocationsPerMinute: 1, firesPerMinute: 1 });
    const [ada, bob] = [someone(), someone()];
    for (const identity of [ada, bob]) {
      expect(refusal(throttles.admitInvocation, identity)).toBeUndefined();
      expect(refusal(throttles.admitFire, identity)).toBeUndefined();
      expect(refusal(throttles.admitFire, identity)?.[0]).toBe(perMinute(2, 1));
    }
    expect(refusal(throttles.admitWebCall, ada)?.[0]).toBe(perMinute(2, 1));
  });

  test("may be as many as the namespace's own limits say, from the moment that they do", ({ expect }) => {
    const { throttles } = world({ invocationsPerMinute: 1, firesPerMinute: 1 });
    const ada = someone();
    throttles.admitInvocation(ada);
    throttles.admitFire(ada);
    const raised = { ...ada, limits: { invocationsPerMinute: 2, firesPerMinute: 2 } };
    expect(refusal(throttles.admitInvocation, raised)).toBeUndefined();
    expect(refusal(throttles.admitFire, raised)).toBeUndefined();
    const closed = { ...ada, limits: { invocationsPerMinute: 0, firesPerMinute: 0 } };
    expect(refusal(throttles.admitInvocation, closed)).toEqual([perMinute(3, 0), 60]);
    expect(refusal(throttles.admitFire, closed)).toEqual([perMinute(3, 0), 60]);
    expect(refusal(throttles.admitInvocation, someone({ invocationsPerMinute: 0 }))).toEqual([perMinute(1, 0), 60]);
  });

  test("of namespaces that make none any more take no memory", ({ expect }) => {
    const { clock, throttles } = world();
    for (let each = 0; each < 100; each++) throttles.admitFire(someone());
    const ada = someone();
    for (let each = 0; each < 3; each++) {
      throttles.admitFire(ada);
      clock.advance(MINUTE_MS);
    }
    expect(throttles.size).toBe(1);
  });
});

describe("activations at a time", () => {
  test("are those handed over and not ended; one more is refused, but has been counted for the minute", async ({
    expect,
  }) => {
    const { throttles } = world({ invocationsPerMinute: 2, concurrentInvocations: 1 });
    const user = someone();
    const { dispatcher, ends } = pending();
    const counting = throttles.counting(dispatcher);
    expect(refusal(throttles.admitInvocation, user)).toBeUndefined();
    await counting.dispatch(aMessage({ user }));

    expect(refusal(throttles.admitInvocation, user)).toEqual([atATime(1, 1), 1]);
    expect(refusal(throttles.admitInvocation, someone())).toBeUndefined();
    expect(refusal(throttles.admitInvocation, user)?.[0]).toBe(perMinute(3, 2));
    ends[0]?.();
    await turn();
    expect([throttles.inFlight(user.namespace.uuid), throttles.inFlight("another")]).toEqual([0, 0]);
  });

  test("count from the moment they are handed over, and no more when that failed", async ({ expect }) => {
    const { throttles } = world();
    const user = someone();
    const refused = Promise.withResolvers<never>();
    const dispatched = throttles.counting({ dispatch: () => refused.promise }).dispatch(aMessage({ user }));
    expect(throttles.inFlight(user.namespace.uuid)).toBe(1);

    refused.reject(new ServiceUnavailable());
    await expect(dispatched).rejects.toThrow(ServiceUnavailable);
    expect([throttles.inFlight(user.namespace.uuid), throttles.size]).toEqual([0, 0]);
  });

  test("may be as many as the namespace's own limits say, and none where they say zero", async ({ expect }) => {
    const { throttles } = world({ concurrentInvocations: 1 });
    const user = someone({ concurrentInvocations: 2 });
    const counting = throttles.counting(pending().dispatcher);
    await counting.dispatch(aMessage({ user }));
    expect(refusal(throttles.admitInvocation, user)).toBeUndefined();
    await counting.dispatch(aMessage({ user }));
    expect(refusal(throttles.admitInvocation, user)?.[0]).toBe(atATime(2, 2));
    expect(refusal(throttles.admitWebCall, someone({ concurrentInvocations: 0 }))?.[0]).toBe(atATime(0, 0));
    expect(refusal(throttles.admitFire, user)).toBeUndefined();
  });

  test("let hints to the dispatcher through", ({ expect }) => {
    const hints: unknown[] = [];
    const counting = world().throttles.counting({
      ...pending().dispatcher,
      prepare: ({ id }, namespace) => void hints.push([id, namespace]),
    });
    counting.prepare?.(aMessage().action, "guest");
    expect(hints).toEqual([[aMessage().action.id, "guest"]]);
  });
});
