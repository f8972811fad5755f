import { array, assert, constantFrom, property } from "fast-check";
import { describe, test } from "vitest";
import {
  type HealthEvent,
  type HealthRecord,
  healthRecord,
  type InvokerOutcome,
  nextHealth,
} from "./invoker-health.ts";

const outcome = (sort: InvokerOutcome): HealthEvent => ({ kind: "outcome", outcome: sort });
const PING: HealthEvent = { kind: "ping", enabled: true };
const SILENCE: HealthEvent = { kind: "silence" };

function after(...events: readonly HealthEvent[]): HealthRecord {
  return events.reduce((record, event) => nextHealth(record, event), healthRecord(false));
}
const times = (count: number, event: HealthEvent): HealthEvent[] => Array.from({ length: count }, () => event);
const HEALTHY = [PING, outcome("success")];

describe("the health of an invoker", () => {
  test("begins as unhealthy, and one success makes it healthy", ({ expect }) => {
    expect(after(PING).health).toBe("unhealthy");
    expect(after(...HEALTHY).health).toBe("healthy");
  });

  test("survives three system errors among the last ten, and not a fourth", ({ expect }) => {
    const full = [...HEALTHY, ...times(9, outcome("success"))];
    expect(after(...full, ...times(3, outcome("system-error"))).health).toBe("healthy");
    expect(after(...full, ...times(4, outcome("system-error"))).health).toBe("unhealthy");
  });

  test("is unresponsive after a fourth timeout", ({ expect }) => {
    const full = [...HEALTHY, ...times(9, outcome("success"))];
    expect(after(...full, ...times(3, outcome("timeout"))).health).toBe("healthy");
    expect(after(...full, ...times(4, outcome("timeout"))).health).toBe("unresponsive");
  });

  test("of one that is not known well is lost with its first failure", ({ expect }) => {
    expect(after(...HEALTHY, outcome("system-error")).health).toBe("unhealthy");
    expect(after(...HEALTHY, outcome("timeout")).health).toBe("unresponsive");
  });

  test("comes back once enough successes have pushed the failures out", ({ expect }) => {
    const failed = [...HEALTHY, ...times(9, outcome("success")), ...times(4, outcome("system-error"))];
    const successes = (count: number) => after(...failed, ...times(count, outcome("success"))).health;
    expect(successes(6)).toBe("unhealthy");
    expect(successes(7)).toBe("healthy");
  });

  test("is offline after silence, whatever it was, and unhealthy once it is heard again", ({ expect }) => {
    expect(after(...HEALTHY, SILENCE).health).toBe("offline");
    expect(after(...HEALTHY, SILENCE, outcome("success")).health).toBe("offline");
    expect(after(...HEALTHY, SILENCE, PING).health).toBe("unhealthy");
  });

  test("is offline at once when it says that it takes no more work", ({ expect }) => {
    expect(after(...HEALTHY, { kind: "ping", enabled: false }).health).toBe("offline");
  });

  test("stays draining whatever its activations come to, until it says otherwise or falls silent", ({ expect }) => {
    const draining = after(...HEALTHY, { kind: "drain" }, ...times(9, outcome("system-error")));
    expect(draining.health).toBe("draining");
    expect(nextHealth(draining, PING, true).health).toBe("healthy");
    expect(nextHealth(draining, SILENCE).health).toBe("offline");
  });

  test("never takes work with more than three failures of one sort among the last ten, and remembers no more", () => {
    const events = constantFrom<HealthEvent>(
      PING,
      SILENCE,
      { kind: "drain" },
      outcome("success"),
      outcome("system-error"),
      outcome("timeout"),
    );
    assert(
      property(array(events, { maxLength: 60 }), (all) => {
        const { health, outcomes } = after(...all);
        const most = Math.max(
          ...["system-error", "timeout"].map((sort) => outcomes.filter((each) => each === sort).length),
        );
        return outcomes.length <= 10 && (health !== "healthy" || most <= 3);
      }),
    );
  });
});
