/**
 * How an invoker is. `healthy` takes work; `unhealthy` and `unresponsive` have failed too often and are tried with test
 * activations; `draining` finishes what it has and takes nothing new; `offline` is not heard of.
 */
export type InvokerHealth = "healthy" | "unhealthy" | "unresponsive" | "draining" | "offline";

/** What came of an activation, as far as it tells of its invoker. A failing action is a success of its invoker. */
export type InvokerOutcome = "success" | "system-error" | "timeout";

/** How long an invoker may be silent before it counts as offline, in milliseconds. */
export const SILENCE_MS = 10_000;
/** Outcomes that are remembered. */
const REMEMBERED = 10;
/** Outcomes of one bad sort that are borne among those. */
const TOLERATED = 3;

/** What is known of an invoker from its signs of life and from what its activations come to. */
export interface HealthRecord {
  readonly health: InvokerHealth;
  /** The newest {@link REMEMBERED} outcomes, oldest first. */
  readonly outcomes: readonly InvokerOutcome[];
}

export type HealthEvent =
  /** A sign of life. `enabled` false: it says itself that it takes no more work. */
  | { readonly kind: "ping"; readonly enabled: boolean }
  /** It says that it drains: it lives, and takes no more work. */
  | { readonly kind: "drain" }
  /** Nothing was heard of it for {@link SILENCE_MS}, or it has said goodbye. */
  | { readonly kind: "silence" }
  | { readonly kind: "outcome"; readonly outcome: InvokerOutcome };

/** @param trusted true: one that appears takes work at once. False, as in the original: a test activation has to succeed first. */
export function healthRecord(trusted: boolean): HealthRecord {
  return { health: trusted ? "healthy" : "unhealthy", outcomes: [] };
}

/**
 * What a record becomes. Source of states and thresholds: execution reference, "Invoker supervision".
 * @param trusted see {@link healthRecord}: also for one that comes back.
 */
export function nextHealth(record: HealthRecord, event: HealthEvent, trusted = false): HealthRecord {
  switch (event.kind) {
    case "ping":
      if (!event.enabled) return { ...record, health: "offline" };
      if (record.health !== "offline" && record.health !== "draining") return record;
      return { ...record, health: trusted ? "healthy" : "unhealthy" };
    case "drain":
      return record.health === "draining" ? record : { ...record, health: "draining" };
    case "silence":
      return record.health === "offline" ? record : { ...record, health: "offline" };
    case "outcome":
      return afterOutcome(record, event.outcome);
  }
}

function afterOutcome({ health, outcomes: before }: HealthRecord, outcome: InvokerOutcome): HealthRecord {
  const outcomes = [...before, outcome].slice(-REMEMBERED);
  if (health === "offline" || health === "draining") return { health, outcomes };
  if (health === "healthy" && outcome === "success") return { health, outcomes };
  const count = (sort: InvokerOutcome): number => outcomes.filter((each) => each === sort).length;
  if (count("system-error") > TOLERATED) return { health: "unhealthy", outcomes };
  if (count("timeout") > TOLERATED) return { health: "unresponsive", outcomes };
  if (outcome === "success") return { health: "healthy", outcomes };
  if (outcomes.length <= TOLERATED) {
    return { health: outcome === "timeout" ? "unresponsive" : "unhealthy", outcomes };
  }
  return { health, outcomes };
}
