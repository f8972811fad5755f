import { MalformedContent } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import type { NamespaceLimits, SystemLimits } from "./limits.ts";
import { normalizeSize, parseSize } from "./size.ts";

type Bounds = readonly [min: number, max: number];

/** What actions of a namespace may ask for, bounds included. */
export interface NamespaceBounds {
  readonly timeoutMs: Bounds;
  readonly memoryMb: Bounds;
  readonly logsMb: Bounds;
  readonly concurrency: Bounds;
}

/** The namespace's own bounds where it has any, never wider than the system's. */
export function namespaceBounds(namespace: NamespaceLimits, system: SystemLimits): NamespaceBounds {
  return {
    timeoutMs: clip(namespace.minActionTimeout, namespace.maxActionTimeout, system.timeoutMs),
    memoryMb: clip(namespace.minActionMemory, namespace.maxActionMemory, system.memoryMb),
    logsMb: clip(namespace.minActionLogs, namespace.maxActionLogs, system.logsMb),
    concurrency: clip(namespace.minActionConcurrency, namespace.maxActionConcurrency, system.concurrency),
  };
}

function clip(
  min: number | undefined,
  max: number | undefined,
  [systemMin, , systemMax]: readonly [number, number, number],
): Bounds {
  return [Math.max(min ?? systemMin, systemMin), Math.min(max ?? systemMax, systemMax)];
}

/** Bytes that one array of parameters or annotations may take in this namespace. */
export function allowedParametersBytes(namespace: NamespaceLimits, system: SystemLimits): number {
  return clipSize(namespace.maxParameterSize, system.parametersBytes);
}

/** Bytes that the body of an invocation, and a result, may take in this namespace. */
export function allowedPayloadBytes(namespace: NamespaceLimits, system: SystemLimits): number {
  return clipSize(namespace.maxPayloadSize, system.payloadBytes);
}

/** Bytes of a too large result that are kept in this namespace. */
export function allowedTruncationBytes(namespace: NamespaceLimits, system: SystemLimits): number {
  return clipSize(namespace.truncationSize, system.truncationBytes);
}

function clipSize(size: string | undefined, systemBytes: number): number {
  return Math.min((size === undefined ? undefined : parseSize(size)) ?? systemBytes, systemBytes);
}

/** The resource `GET /namespaces/{ns}/limits`: what holds in the namespace, and what is set beyond that. */
export function namespaceLimitsResource(namespace: NamespaceLimits, system: SystemLimits): JsonObject {
  const bounds = namespaceBounds(namespace, system);
  const concurrentInvocations = namespace.concurrentInvocations ?? system.concurrentInvocations;
  return {
    ...encodeNamespaceLimits(namespace),
    invocationsPerMinute: namespace.invocationsPerMinute ?? system.invocationsPerMinute,
    concurrentInvocations,
    firesPerMinute: namespace.firesPerMinute ?? system.firesPerMinute,
    maxActionInstances: concurrentInvocations,
    minActionTimeout: bounds.timeoutMs[0],
    maxActionTimeout: bounds.timeoutMs[1],
    minActionMemory: bounds.memoryMb[0],
    maxActionMemory: bounds.memoryMb[1],
    minActionLogs: bounds.logsMb[0],
    maxActionLogs: bounds.logsMb[1],
    minActionConcurrency: bounds.concurrency[0],
    maxActionConcurrency: bounds.concurrency[1],
    maxParameterSize: shownParameterSize(namespace.maxParameterSize, system.parametersBytes),
  };
}

function shownParameterSize(own: string | undefined, systemBytes: number): string {
  const bytes = own === undefined ? undefined : parseSize(own);
  if (own === undefined || bytes === undefined || bytes > systemBytes) return `${systemBytes} B`;
  return normalizeSize(own) ?? `${systemBytes} B`;
}

const COUNTS = [
  "invocationsPerMinute",
  "concurrentInvocations",
  "firesPerMinute",
  "maxActionInstances",
  "minActionMemory",
  "maxActionMemory",
  "minActionLogs",
  "maxActionLogs",
  "minActionTimeout",
  "maxActionTimeout",
  "minActionConcurrency",
  "maxActionConcurrency",
  "warmedContainerKeepingCount",
] as const satisfies readonly (keyof NamespaceLimits)[];
const SIZES = [
  "maxParameterSize",
  "maxPayloadSize",
  "truncationSize",
] as const satisfies readonly (keyof NamespaceLimits)[];

/**
 * Reads a namespace's limits document. Members that are absent or null are left out, unknown ones dropped, sizes
 * brought to one spelling.
 * @throws MalformedContent naming the member.
 */
export function decodeNamespaceLimits(json: Json): NamespaceLimits {
  if (!isJsonObject(json)) throw new MalformedContent("limits must be an object");
  const limits: { -readonly [K in keyof NamespaceLimits]: NamespaceLimits[K] } = {};
  for (const name of COUNTS) {
    const value = json[name] ?? null;
    if (value !== null) limits[name] = readCount(name, value);
  }
  for (const name of SIZES) {
    const value = json[name] ?? null;
    if (value !== null) limits[name] = readSize(name, value);
  }
  const { allowedKinds = null, storeActivations = null, warmedContainerKeepingTimeout = null } = json;
  if (allowedKinds !== null) limits.allowedKinds = readStrings("allowedKinds", allowedKinds);
  if (storeActivations !== null) limits.storeActivations = readBoolean("storeActivations", storeActivations);
  if (warmedContainerKeepingTimeout !== null) {
    limits.warmedContainerKeepingTimeout = readString("warmedContainerKeepingTimeout", warmedContainerKeepingTimeout);
  }
  return limits;
}

function readCount(name: string, value: Json): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new MalformedContent(`${name} must be a whole number that is not negative`);
}

function readSize(name: string, value: Json): string {
  const size = typeof value === "string" ? normalizeSize(value) : undefined;
  if (size !== undefined) return size;
  throw new MalformedContent(`${name} must be a size such as "1 MB"`);
}

function readString(name: string, value: Json): string {
  if (typeof value === "string") return value;
  throw new MalformedContent(`${name} must be a string`);
}

function readStrings(name: string, value: Json): string[] {
  if (Array.isArray(value)) return [...new Set(value.map((item) => readString(name, item)))];
  throw new MalformedContent(`${name} must be an array of strings`);
}

function readBoolean(name: string, value: Json): boolean {
  if (typeof value === "boolean") return value;
  throw new MalformedContent(`${name} must be a boolean`);
}

/** The limits document: only what is set. */
export function encodeNamespaceLimits(limits: NamespaceLimits): JsonObject {
  const { allowedKinds, ...rest } = limits;
  const set = Object.entries(rest).filter(
    (entry): entry is [string, string | number | boolean] => entry[1] !== undefined,
  );
  return { ...Object.fromEntries(set), ...(allowedKinds === undefined ? {} : { allowedKinds: [...allowedKinds] }) };
}
