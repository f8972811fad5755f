import {
  type Activation,
  type ActivationJournal,
  type ActivationMessage,
  type ActivationStore,
  allowedPayloadBytes,
  allowedTruncationBytes,
  type Clock,
  type ContainerRuntime,
  ContainerStartFailed,
  type Dispatched,
  type Dispatcher,
  type ExecutableAction,
  isKept,
  limitsViolation,
  type Manifest,
  type ParameterLocks,
  ParameterUnreadable,
  parameterLocks,
  recordKeeper,
  resultMessages,
  ServiceUnavailable,
  type StoreLevels,
  type SystemLimits,
} from "@meringue/core";
import { type RunSurroundings, runActivation } from "./activation-run.ts";
import { containerMaker } from "./container-maker.ts";
import { ContainerPool } from "./container-pool.ts";
import type { Job, Outcome } from "./job.ts";
import { formatLogLine } from "./log-lines.ts";
import type { PooledContainer } from "./pooled-container.ts";
import { fallbackRecord, SERVER_STOPPED, unplacedRecord } from "./record.ts";
import { startFailure } from "./start-failure.ts";
import { stemCells } from "./stem-cells.ts";
import { failure } from "./verdict.ts";

export interface InvokerOptions {
  readonly runtimes: readonly ContainerRuntime[];
  readonly manifest: Manifest;
  readonly limits: SystemLimits;
  readonly activations: ActivationStore;
  readonly journal: ActivationJournal;
  readonly clock: Clock;
  /** Which records are kept; all, unless told. */
  readonly storeLevels?: StoreLevels;
  /** The action's code as `/init` takes it. @throws ActionGone when that revision is no more. */
  readonly codeOf: (action: ExecutableAction) => Promise<string | undefined>;
  /** Opens locked parameters; without it an activation that has any fails. */
  readonly parameterLocks?: ParameterLocks;
  /** Memory that all containers together may hold, in mebibytes. */
  readonly memoryMb: number;
  readonly parallelStarts: number;
  readonly pauseGraceMs: number;
  readonly idleTimeoutMs: number;
  /** Activations that may wait for a container before more are refused. */
  readonly queueLimit: number;
  readonly pullPolicy: "if-absent" | "always";
  readonly containerEnv: Readonly<Record<string, string>>;
  readonly warn: (text: string, error: unknown) => void;
}

/** Runs activations in containers of this machine. */
export interface Invoker extends Dispatcher {
  /** Ends what an earlier process left unsettled: runs what no user code has seen, gives the rest a record that says so. */
  recover(): Promise<number>;
  /** Starts the stem cells. */
  warmUp(): void;
  /** Activations accepted and not ended: `[activationId, "ns/action@version"]`. */
  inFlight(): readonly (readonly [activationId: string, action: string])[];
  /** The namespace that a container works for; undefined for a stem cell or an unknown name. */
  namespaceOf(containerName: string): string | undefined;
  /** An action was written or deleted: what idles in the name of an earlier revision is of no use any more. */
  changed(actionId: string): void;
  /** Lets running activations finish for `drainMs`, then removes all containers. */
  close(drainMs: number): Promise<void>;
}

/** The revision of an action that an activation asks for is no more. */
export class ActionGone extends Error {
  override readonly name = "ActionGone";
}

/** How often one activation is moved on from containers that turn out to be going away. */
const MAX_MOVES = 3;

/** An invoker that keeps all its state in this process, and its promises in the journal. */
export function invoker(options: InvokerOptions): Invoker {
  const { clock, journal, warn } = options;
  const locks = options.parameterLocks ?? parameterLocks({ current: "off", keys: {} });
  const maker = containerMaker({ ...options, env: options.containerEnv });
  const records = recordKeeper(options, clock, warn);
  const accepted = new Map<string, ActivationMessage>();
  const pool = new ContainerPool({
    ...options,
    create: maker.create,
    onSpare: () => {
      if (warm) cells.backfill();
    },
    onCellFailed: (cell) => cells.failed(cell),
    cellsToKeep: (cell) => cells.targetOf(cell),
  });
  const cells = stemCells(maker.stemCellPlans(), pool, clock);
  /** Records on their way to the store. */
  const settling = new Set<Promise<void>>();
  let warm = false;
  let closing = false;

  /** Accepts, places and settles one activation. */
  const execute = (message: ActivationMessage, noted: Promise<void>): Promise<Activation> =>
    new Promise((resolve) => {
      accepted.set(message.activationId, message);
      let settled = false;
      const store = async (record: Activation): Promise<void> => {
        if (!(await isAccepted(noted))) return; // its caller is told: there is nothing to record
        await records.settle(record, isKept(message, record.response, options.storeLevels));
        accepted.delete(message.activationId);
        resolve(record);
      };
      const settle = (record: Activation): void => {
        if (settled) return;
        settled = true;
        const storing = store(record).finally(() => settling.delete(storing));
        settling.add(storing);
      };
      const violation = limitsViolation(message.action.action.limits, message.user.limits, options.limits);
      if (violation === undefined) return pool.submit(job(message, noted, settle));
      settle(fallbackRecord(message, failure(1, violation), clock.now()));
    });

  const job = (message: ActivationMessage, noted: Promise<void>, settle: (record: Activation) => void): Job => {
    let moves = 0;
    const { limits } = message.user;
    const fail = (reason: unknown): void => {
      if (!isExpected(reason)) warn(`activation ${message.activationId} failed unexpectedly`, reason);
      settle(failedRecord(message, reason, clock.now()));
    };
    const around: RunSurroundings = {
      clock,
      unlocked(locked) {
        try {
          return locks.unlock(locked);
        } catch (error) {
          fail(error);
          return undefined;
        }
      },
      limits: options.limits,
      codeOf: () => options.codeOf(message.action),
      sentinels: maker.sentinels(message.action),
      async starting() {
        try {
          await Promise.all([noted, journal.start(message.activationId)]);
          return true;
        } catch (error) {
          fail(error);
          return false;
        }
      },
      answerLimits: {
        maxBytes: allowedPayloadBytes(limits, options.limits),
        truncationBytes: allowedTruncationBytes(limits, options.limits),
      },
    };
    return {
      cell: maker.classOf(message.action),
      owner: {
        key: ownerKey(message.action, message.user.namespace.name),
        namespace: message.user.namespace.name,
        actionId: message.action.id,
        concurrency: message.action.action.limits.concurrency,
      },
      since: clock.now(),
      fail,
      async run(pooled: PooledContainer, initialized: () => void): Promise<Outcome> {
        if (pooled.state === "initializing") cells.coldStart(pooled.cell);
        const { outcome, record } = await runActivation(message, pooled, around, initialized);
        if (record !== undefined) settle(record); // the container need not wait until it is stored
        if (outcome !== "reschedule" || ++moves <= MAX_MOVES) return outcome;
        fail(new ContainerStartFailed("host", "every container it came to was going away"));
        return "destroy";
      },
    };
  };

  return {
    async dispatch(message): Promise<Dispatched> {
      if (closing || pool.waiting >= options.queueLimit) throw new ServiceUnavailable();
      const noted = journal.accept(message, !message.blocking);
      const result = execute(message, noted);
      try {
        await noted;
      } catch (error) {
        accepted.delete(message.activationId);
        throw error;
      }
      return { result };
    },

    prepare(action, namespace) {
      const cell = maker.classOf(action);
      const taken = pool.table.count(ownerKey(action, namespace)) > 0 || pool.countCells(cell) > 0;
      if (!taken && cell.pull === "never") pool.addCell(cell);
    },

    async recover() {
      // sequences and compositions are not for an invoker: see recoverEnclosing
      const left = (await journal.unsettled()).filter(({ message }) => message.enclosing !== true);
      for (const { message, started } of left) {
        if (started) {
          const record = unplacedRecord(message, SERVER_STOPPED, clock.now());
          await records.settle(record, isKept(message, record.response, options.storeLevels));
        } else {
          void execute(message, Promise.resolve());
        }
      }
      return left.length;
    },

    warmUp() {
      warm = true;
      cells.backfill();
    },

    inFlight: () =>
      [...accepted.values()].map(({ activationId, action: { id, action } }) => [
        activationId,
        `${id}@${action.version}`,
      ]),

    namespaceOf(containerName) {
      for (const pooled of pool.table.all()) if (pooled.name === containerName) return pooled.owner?.namespace;
      return undefined;
    },

    changed: (actionId) => pool.dropIdle((owner) => owner.actionId === actionId),

    async close(drainMs) {
      closing = true;
      cells.stop();
      await pool.close(drainMs);
      while (settling.size > 0) await Promise.all(settling);
      await records.close();
    },
  };
}

function ownerKey({ id, rev }: ExecutableAction, namespace: string): string {
  return `${namespace}|${id}|${rev}`;
}

async function isAccepted(noted: Promise<void>): Promise<boolean> {
  try {
    await noted;
    return true;
  } catch {
    return false; // dispatch throws the reason to whoever asked
  }
}

function isExpected(reason: unknown): boolean {
  return (
    reason instanceof ContainerStartFailed || reason instanceof ActionGone || reason instanceof ParameterUnreadable
  );
}

/** The record of an activation that no container could be had for, or whose action is gone. */
function failedRecord(message: ActivationMessage, reason: unknown, now: number): Activation {
  if (reason instanceof ActionGone) return fallbackRecord(message, failure(1, resultMessages.actionGone), now);
  if (reason instanceof ParameterUnreadable) {
    return unplacedRecord(message, failure(3, resultMessages.parameterUnreadable(reason.key)), now);
  }
  if (!(reason instanceof ContainerStartFailed)) {
    return unplacedRecord(message, failure(3, resultMessages.runAbnormal), now);
  }
  const line = formatLogLine({ time: now, stream: "stderr", text: reason.message });
  return { ...unplacedRecord(message, startFailure(message, reason), now), logs: [line] };
}
