/** Limits of one action. */
export interface ActionLimits {
  /** Milliseconds. */
  readonly timeout: number;
  /** Mebibytes. */
  readonly memory: number;
  /** Mebibytes. */
  readonly logs: number;
  /** Activations at a time in one container. */
  readonly concurrency: number;
  /** Containers at a time. */
  readonly instances?: number;
}

/** What a namespace's own limits document may hold; absent fields mean the system's. Memory and logs in MB, timeouts in ms. */
export interface NamespaceLimits {
  readonly invocationsPerMinute?: number;
  readonly concurrentInvocations?: number;
  readonly firesPerMinute?: number;
  readonly maxActionInstances?: number;
  readonly minActionMemory?: number;
  readonly maxActionMemory?: number;
  readonly minActionLogs?: number;
  readonly maxActionLogs?: number;
  readonly minActionTimeout?: number;
  readonly maxActionTimeout?: number;
  readonly minActionConcurrency?: number;
  readonly maxActionConcurrency?: number;
  readonly allowedKinds?: readonly string[];
  readonly storeActivations?: boolean;
  /** Sizes as strings, such as `"1 MB"`. */
  readonly maxParameterSize?: string;
  readonly maxPayloadSize?: string;
  readonly truncationSize?: string;
  readonly warmedContainerKeepingCount?: number;
  readonly warmedContainerKeepingTimeout?: string;
}

/** The deployment's limits: the bounds of every namespace's, and their defaults. */
export interface SystemLimits {
  readonly invocationsPerMinute: number;
  readonly concurrentInvocations: number;
  readonly firesPerMinute: number;
  /** Components of a sequence or composition. */
  readonly sequenceLength: number;
  /** Each `[minimum, default, maximum]`: milliseconds, MB, MB, activations per container. */
  readonly timeoutMs: readonly [number, number, number];
  readonly memoryMb: readonly [number, number, number];
  readonly logsMb: readonly [number, number, number];
  readonly concurrency: readonly [number, number, number];
  /** Bytes of code (as sent) and main. */
  readonly execBytes: number;
  /** Bytes of one array of parameters or annotations. */
  readonly parametersBytes: number;
  /** Bytes of an invocation's body, and of an action's result. */
  readonly payloadBytes: number;
  /** Bytes of a too large result that are kept. */
  readonly truncationBytes: number;
  /** Bytes that one streamed answer may have; without it as many as it likes. */
  readonly streamBytes?: number;
  /** How long a blocking call waits at most, in milliseconds. */
  readonly blockingMs: number;
  /** Rows of a listing: default and maximum. */
  readonly listDefault: number;
  readonly listMax: number;
}

/** Upstream's defaults. */
export const UPSTREAM_LIMITS: SystemLimits = {
  invocationsPerMinute: 60,
  concurrentInvocations: 30,
  firesPerMinute: 60,
  sequenceLength: 50,
  timeoutMs: [100, 60_000, 300_000],
  memoryMb: [128, 256, 512],
  logsMb: [0, 10, 10],
  concurrency: [1, 1, 1],
  execBytes: 48 * 1024 * 1024,
  parametersBytes: 1024 * 1024,
  payloadBytes: 1024 * 1024,
  truncationBytes: 1024 * 1024,
  blockingMs: 60_000,
  listDefault: 30,
  listMax: 200,
};
