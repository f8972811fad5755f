import { BadRequest, MalformedContent } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ActionLimits, NamespaceLimits, SystemLimits } from "./limits.ts";
import { messages } from "./messages.ts";
import { namespaceBounds } from "./namespace-limits.ts";
import { type Member, nullable, objectOf } from "./schema.ts";

/** How a limit is called in texts, and what a document says of it. */
interface LimitWords {
  readonly name: string;
  /** How it is called in the complaint that it is a fraction; as elsewhere unless told. */
  readonly fraction?: string;
  /** The complaint that it is negative, where that is malformed rather than out of bounds. */
  readonly negative?: string;
  readonly description: string;
  /** What every namespace is held to. */
  bounds(limits: SystemLimits): readonly [min: number, max: number];
}

function limit(words: LimitWords): Member<number, unknown, false> {
  return nullable({
    read(json) {
      if (typeof json !== "number") throw new MalformedContent(messages.limitMalformed(words.name));
      if (!Number.isInteger(json)) throw new MalformedContent(messages.limitNotWhole(words.fraction ?? words.name));
      if (json < 0 && words.negative !== undefined) throw new MalformedContent(words.negative);
      return json;
    },
    describe({ limits }) {
      const [minimum, maximum] = words.bounds(limits);
      return { type: "integer", format: "int64", description: words.description, minimum, maximum };
    },
  });
}

/** The `limits` of a PUT. Whether those that are given are allowed is for {@link checkActionLimits}. */
export const actionLimits = objectOf(
  "ActionLimits",
  {
    timeout: limit({
      name: "time limit",
      description: "milliseconds",
      bounds: (system) => namespaceBounds({}, system).timeoutMs,
    }),
    memory: limit({
      name: "memory limit",
      negative: messages.limitNegativeSize,
      description: "megabytes",
      bounds: (system) => namespaceBounds({}, system).memoryMb,
    }),
    logs: limit({
      name: "log limit",
      negative: messages.limitNegativeSize,
      description: "megabytes",
      bounds: (system) => namespaceBounds({}, system).logsMb,
    }),
    concurrency: limit({
      name: "concurrency limit",
      fraction: "intra concurrency limit",
      description: "activations at a time in one container",
      bounds: (system) => namespaceBounds({}, system).concurrency,
    }),
    instances: limit({
      name: "instance concurrency limit",
      negative: messages.instancesNegative,
      description: "containers at a time",
      bounds: (system) => [0, system.concurrentInvocations],
    }),
  },
  "Object expected in field 'timeout'",
);

/** Reads {@link actionLimits}. Members that are absent or null are left out. @throws MalformedContent */
export function decodeActionLimits(json: Json): Partial<ActionLimits> {
  return actionLimits.read(json, undefined);
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
