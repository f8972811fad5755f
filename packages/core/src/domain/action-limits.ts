import { BadRequest, MalformedContent } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import type { ActionLimits, NamespaceLimits, SystemLimits } from "./limits.ts";
import { messages } from "./messages.ts";
import { namespaceBounds } from "./namespace-limits.ts";

type LimitName = keyof ActionLimits;

/** In the order in which complaints win: how texts call each, and how they complain that it is a fraction. */
const LIMIT_WORDS: readonly (readonly [name: LimitName, malformed: string, fraction: string])[] = [
  ["timeout", "time limit", "time limit"],
  ["memory", "memory limit", "memory limit"],
  ["logs", "log limit", "log limit"],
  ["concurrency", "concurrency limit", "intra concurrency limit"],
  ["instances", "instance concurrency limit", "instance concurrency limit"],
];

/**
 * Reads the `limits` of a PUT. Members that are absent or null are left out; whether the rest is allowed is for
 * {@link checkActionLimits}.
 * @throws MalformedContent
 */
export function decodeActionLimits(json: Json): Partial<ActionLimits> {
  if (!isJsonObject(json)) throw new MalformedContent("Object expected in field 'timeout'");
  const limits: { -readonly [K in LimitName]?: number } = {};
  for (const [name, malformed, fraction] of LIMIT_WORDS) {
    const value = json[name] ?? null;
    if (value === null) continue;
    if (typeof value !== "number") throw new MalformedContent(messages.limitMalformed(malformed));
    if (!Number.isInteger(value)) throw new MalformedContent(messages.limitNotWhole(fraction));
    if (value < 0 && (name === "memory" || name === "logs")) throw new MalformedContent(messages.limitNegativeSize);
    if (value < 0 && name === "instances") throw new MalformedContent(messages.instancesNegative);
    limits[name] = value;
  }
  return limits;
}

/** Why the given limits are not allowed in a namespace: the first complaint, or undefined. Absent members are fine. */
export function limitsViolation(
  limits: Partial<ActionLimits>,
  namespace: NamespaceLimits,
  system: SystemLimits,
): string | undefined {
  const { memoryMb, timeoutMs, logsMb, concurrency } = namespaceBounds(namespace, system);
  return (
    outside(limits.memory, memoryMb, sizeComplaints("memory")) ??
    outside(limits.timeout, timeoutMs, [messages.durationAbove, messages.durationBelow]) ??
    outside(limits.logs, logsMb, sizeComplaints("log")) ??
    outside(limits.concurrency, concurrency, [messages.concurrencyAbove, messages.concurrencyBelow])
  );
}

type Complaint = (is: number, allowed: number) => string;
type Complaints = readonly [above: Complaint, below: Complaint];

function sizeComplaints(field: string): Complaints {
  return [(is, max) => messages.sizeAbove(field, is, max), (is, min) => messages.sizeBelow(field, is, min)];
}

function outside(
  value: number | undefined,
  [min, max]: readonly [number, number],
  [above, below]: Complaints,
): string | undefined {
  if (value === undefined) return undefined;
  if (value > max) return above(value, max);
  return value < min ? below(value, min) : undefined;
}

/**
 * Checks the limits that a PUT gives; those that it leaves out are not checked, whatever they default to.
 * @throws BadRequest
 */
export function checkActionLimits(
  limits: Partial<ActionLimits>,
  namespace: NamespaceLimits,
  system: SystemLimits,
): void {
  const violation = limitsViolation(limits, namespace, system);
  if (violation !== undefined) throw new BadRequest(violation);
}

/**
 * Checks `instances` against what the namespace may run at a time. Happens only once a PUT is about to write.
 * @throws BadRequest
 */
export function checkInstances(limits: Partial<ActionLimits>, namespace: NamespaceLimits, system: SystemLimits): void {
  const allowed = namespace.concurrentInvocations ?? system.concurrentInvocations;
  if ((limits.instances ?? 0) > allowed) throw new BadRequest(messages.instancesAboveNamespace(allowed));
}

/** The limits that an action gets: what is given, else what it had, else the system's defaults. */
export function effectiveActionLimits(
  given: Partial<ActionLimits>,
  old: ActionLimits | undefined,
  system: SystemLimits,
): ActionLimits {
  const instances = given.instances ?? old?.instances;
  return {
    timeout: given.timeout ?? old?.timeout ?? system.timeoutMs[1],
    memory: given.memory ?? old?.memory ?? system.memoryMb[1],
    logs: given.logs ?? old?.logs ?? system.logsMb[1],
    concurrency: given.concurrency ?? old?.concurrency ?? system.concurrency[1],
    ...(instances === undefined ? {} : { instances }),
  };
}

/** The limits as the API shows them, also in the annotation `limits` of activations. */
export function encodeActionLimits({ timeout, memory, logs, concurrency, instances }: ActionLimits): JsonObject {
  return { timeout, memory, logs, concurrency, ...(instances === undefined ? {} : { instances }) };
}
