import {
  type Activation,
  type ActivationFeed,
  type ActivationJournal,
  type ActivationMessage,
  type ActivationStore,
  type BuildCache,
  type Clock,
  type ContainerRuntime,
  type Dispatched,
  type Dispatcher,
  type ExecutableAction,
  isKept,
  limitsViolation,
  type Manifest,
  type ParameterLocks,
  parameterLocks,
  type RunningLogs,
  recordKeeper,
  ServiceUnavailable,
  type StoreLevels,
  type SystemLimits,
  underWay,
} from "@meringue/core";
import { actionBuilds } from "./action-builds.ts";
import { actionPlans, ownerKey } from "./action-plans.ts";
import { ActivationJob, type JobDependencies } from "./activation-job.ts";
import { type StreamedAnswer, streamedAnswer } from "./answer-stream.ts";
import { containerMaker } from "./container-maker.ts";
import { ContainerPool } from "./container-pool.ts";
import { type Occupancy, occupancyOf } from "./occupancy.ts";
import { checkQueue } from "./queue-bound.ts";
import { fallbackRecord, SERVER_STOPPED, unplacedRecord } from "./record.ts";
import { mayRunAgain } from "./run-again.ts";
import { stemCells } from "./stem-cells.ts";
import { failure } from "./verdict.ts";

export interface InvokerOptions {
  readonly runtimes: readonly ContainerRuntime[];
  readonly manifest: Manifest;
  readonly limits: SystemLimits;
  readonly activations: ActivationStore;
  readonly journal: ActivationJournal;
  /** Is told what activations print, and when they have ended. */
  readonly feed?: ActivationFeed;
  readonly clock: Clock;
  /** Which records are kept; all, unless told. */
  readonly storeLevels?: StoreLevels;
  /** The action's code as `/init` takes it. @throws ActionGone when that revision is no more. */
  readonly codeOf: (action: ExecutableAction) => Promise<string | undefined>;
  /** Keeps what runtimes make of source; without it every container builds what it is given. */
  readonly builds?: BuildCache;
  /** Opens locked parameters; without it an activation that has any fails. */
  readonly parameterLocks?: ParameterLocks;
  /** Memory that all containers together may hold, in mebibytes. */
  readonly memoryMb: number;
  readonly parallelStarts: number;
  /** See `PoolOptions`. */
  readonly firstStarts?: number;
  readonly pauseGraceMs: number;
  readonly idleTimeoutMs: number;
  /** See `PoolOptions`. */
  readonly rewarm?: boolean;
  /** Activations that may wait for a container before more are refused; one namespace alone may have fewer. */
  readonly queueLimit: number;
  readonly pullPolicy: "if-absent" | "always";
  readonly containerEnv: Readonly<Record<string, string>>;
  readonly warn: (text: string, error: unknown) => void;
}

/** Runs activations in containers of this machine. */
export interface Invoker extends Dispatcher, RunningLogs {
  /**
   * Ends what an earlier process left unsettled: runs what no user code has seen, and what may run again; gives the rest a
   * record that says so.
   * @param ended is given each record when it is stored.
   */
  recover(ended?: (record: Activation) => void): Promise<number>;
  /** Starts the stem cells. */
  warmUp(): void;
  /** Activations accepted and not ended: `[activationId, "ns/action@version"]`. */
  inFlight(): readonly (readonly [activationId: string, action: string])[];
  /** The namespace that a container works for; undefined for a stem cell or an unknown name. */
  namespaceOf(containerName: string): string | undefined;
  /** How its memory is used now. */
  occupancy(): Occupancy;
  /** An action was written or deleted: what idles in the name of an earlier revision is of no use any more. */
  changed(actionId: string): void;
  /** Lets running activations finish for `drainMs`, then removes all containers. */
  close(drainMs: number): Promise<void>;
}

/** An invoker that keeps all its state in this process, and its promises in the journal. */
export function invoker(options: InvokerOptions): Invoker {
  const { clock, journal, warn } = options;
  const locks = options.parameterLocks ?? parameterLocks({ current: "off", keys: {} });
  const maker = containerMaker({ ...options, env: options.containerEnv });
  const builds = options.builds === undefined ? undefined : actionBuilds(options.builds, warn);
  const records = recordKeeper(options, clock, warn);
  const accepted = new Map<string, ActivationJob>();
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
  const settling = underWay();
  let warm = false;
  let closing = false;

  const plan = actionPlans(maker);
  const shared: JobDependencies = {
    clock,
    limits: options.limits,
    locks,
    codeOf: options.codeOf,
    builds,
    // Of one that waits for the disk it must be known first that it was accepted; of others, `start` tells.
    note: ({ message, noted }) => {
      const started = journal.start(message.activationId);
      return message.blocking ? started : Promise.all([noted, started]);
    },
    coldStart: (cell) => cells.coldStart(cell),
    settle: (job, record) => settle(job, record),
    feed: options.feed,
    warn,
  };

  /** Stores the record, and then tells whoever waits for it. */
  const settle = (job: ActivationJob, record: Activation): void => {
    const { message, noted } = job;
    settling.enter();
    const ended = (): void => {
      accepted.delete(message.activationId);
      job.resolve(record);
      settling.leave();
    };
    noted.then(
      () => records.settle(record, isKept(message, record.response, options.storeLevels)).then(ended),
      () => settling.leave(), // its caller is told: there is nothing to record
    );
  };

  /** Places one activation that is being accepted. */
  const execute = (message: ActivationMessage, noted: Promise<void>, streamed?: StreamedAnswer): ActivationJob => {
    const job = new ActivationJob(shared, plan(message.action), message, noted, streamed);
    const violation = limitsViolation(message.action.action.limits, message.user.limits, options.limits);
    if (violation === undefined) pool.submit(job);
    else job.settle(fallbackRecord(message, failure(1, violation), clock.now()));
    return job;
  };

  return {
    dispatch(message): Promise<Dispatched> {
      if (closing) return Promise.reject(new ServiceUnavailable());
      try {
        checkQueue(pool, message.user.namespace.name, options.queueLimit);
      } catch (refusal) {
        return Promise.reject(refusal);
      }
      const noted = journal.accept(message, !message.blocking);
      const streamed = message.streamed === true ? streamedAnswer(options.limits.streamBytes) : undefined;
      const job = execute(message, noted, streamed);
      return noted.then(() => {
        accepted.set(message.activationId, job);
        if (streamed === undefined) return job;
        void job.result.then(streamed.close);
        return { result: job.result, stream: streamed.stream };
      });
    },

    prepare(action, namespace) {
      const cell = maker.classOf(action);
      const taken = pool.table.count(ownerKey(action, namespace)) > 0 || pool.countCells(cell) > 0;
      if (!taken && cell.pull === "never") pool.addCell(cell);
    },

    async recover(recovered = () => undefined) {
      // sequences and compositions are not for an invoker: see recoverEnclosing
      const left = (await journal.unsettled()).filter(({ message }) => message.enclosing !== true);
      for (const { message, started } of left) {
        if (started && !mayRunAgain(message)) {
          const record = unplacedRecord(message, SERVER_STOPPED, clock.now());
          await records.settle(record, isKept(message, record.response, options.storeLevels));
          recovered(record);
        } else {
          const job = execute(message, Promise.resolve());
          accepted.set(message.activationId, job);
          void job.result.then(recovered);
        }
      }
      return left.length;
    },

    warmUp() {
      warm = true;
      cells.backfill();
    },

    inFlight: () =>
      [...accepted.values()].map(({ message: { activationId, action } }) => [
        activationId,
        `${action.id}@${action.action.version}`,
      ]),

    logsOf(namespace, activationId) {
      const job = accepted.get(activationId);
      return job?.message.user.namespace.name === namespace ? job.logs : undefined;
    },

    namespaceOf(containerName) {
      for (const pooled of pool.table.all()) if (pooled.name === containerName) return pooled.owner?.namespace;
      return undefined;
    },

    occupancy: () => occupancyOf(pool.table),

    changed: (actionId) => pool.dropIdle((owner) => owner.actionId === actionId),

    async close(drainMs) {
      closing = true;
      cells.stop();
      await pool.close(drainMs);
      await settling.empty();
      await builds?.settled();
      await records.close();
    },
  };
}
