import {
  type Activation,
  type ActivationFeed,
  type ActivationMessage,
  allowedPayloadBytes,
  allowedTruncationBytes,
  type Clock,
  ContainerStartFailed,
  type ExecutableAction,
  type ParameterLocks,
  ParameterUnreadable,
  pathFilter,
  resultMessages,
  ServiceUnavailable,
  type SystemLimits,
} from "@meringue/core";
import type { ActionBuilds } from "./action-builds.ts";
import { type RunOutcome, type RunSurroundings, runActivation } from "./activation-run.ts";
import type { AnswerLimits } from "./answer.ts";
import type { StreamedAnswer } from "./answer-stream.ts";
import type { CellClass } from "./cell.ts";
import type { Job, Outcome } from "./job.ts";
import type { LogCollector } from "./log-collector.ts";
import { formatLogLine, formatLogLines, type LogLine } from "./log-lines.ts";
import { type PackedArguments, packedArguments } from "./packed-arguments.ts";
import type { Owner, PooledContainer } from "./pooled-container.ts";
import { fallbackRecord, unplacedRecord } from "./record.ts";
import { startFailure } from "./start-failure.ts";
import { failure } from "./verdict.ts";

/** The revision of an action that an activation asks for is no more. */
export class ActionGone extends Error {
  override readonly name = "ActionGone";
}

/** The code of an action could not be read. */
class ActionNotFetched extends Error {
  override readonly name = "ActionNotFetched";
}

/** What the runs of one action revision have in common. */
export interface ActionPlan {
  readonly cell: CellClass;
  /** Whether the runtime marks the end of each activation's log. */
  readonly sentinels: boolean;
  /** Whom its containers belong to, by the namespace that calls. */
  ownerFor(namespace: string): Owner;
}

/** What all activations of one invoker share. */
export interface JobDependencies {
  readonly clock: Clock;
  readonly limits: SystemLimits;
  readonly locks: ParameterLocks;
  /** The action's code as `/init` takes it. @throws ActionGone when that revision is no more. */
  readonly codeOf: (action: ExecutableAction) => Promise<string | undefined>;
  readonly builds: ActionBuilds | undefined;
  /** Notes that user code is about to see the activation. @throws (rejects with) ServiceUnavailable when it could not be. */
  readonly note: (job: ActivationJob) => Promise<unknown>;
  /** An activation is about to initialize a container of this class. */
  readonly coldStart: (cell: CellClass) => void;
  /** Takes the record of an activation, at most once for each. */
  readonly settle: (job: ActivationJob, record: Activation) => void;
  /** Is told what activations print, as they print it. */
  readonly feed: ActivationFeed | undefined;
  readonly warn: (text: string, error: unknown) => void;
}

/** How often one activation is moved on from containers that turn out to be going away. */
const MAX_MOVES = 3;

/** One accepted activation on its way to its record. */
export class ActivationJob implements Job, RunSurroundings {
  /** The activation; without its arguments while they are packed. */
  message: ActivationMessage;
  #packed: PackedArguments | undefined;
  /** Settles when it is known whether the activation was accepted. */
  readonly noted: Promise<void>;
  readonly streamed: StreamedAnswer | undefined;
  /** The record, once whoever settled the job says so. */
  readonly result: Promise<Activation>;
  readonly resolve: (record: Activation) => void;
  readonly cell: CellClass;
  readonly owner: Owner;
  readonly sentinels: boolean;
  readonly since: number;
  readonly answerLimits: AnswerLimits;
  readonly #deps: JobDependencies;
  #moves = 0;
  /** Where what it prints is collected, while it runs and nothing else does there. */
  #logs: LogCollector | undefined;
  /** Lines that the feed could hear of so far. */
  #toldLines = 0;
  #record: Activation | undefined;

  constructor(
    deps: JobDependencies,
    plan: ActionPlan,
    message: ActivationMessage,
    noted: Promise<void>,
    streamed: StreamedAnswer | undefined,
  ) {
    const { limits, namespace } = message.user;
    this.#deps = deps;
    this.message = message;
    this.noted = noted;
    this.streamed = streamed;
    const { promise, resolve } = Promise.withResolvers<Activation>();
    this.result = promise;
    this.resolve = resolve;
    this.cell = plan.cell;
    this.owner = plan.ownerFor(namespace.name);
    this.sentinels = plan.sentinels;
    this.since = deps.clock.now();
    this.answerLimits = {
      maxBytes: allowedPayloadBytes(limits, deps.limits),
      truncationBytes: allowedTruncationBytes(limits, deps.limits),
    };
  }

  get clock(): Clock {
    return this.#deps.clock;
  }

  get limits(): SystemLimits {
    return this.#deps.limits;
  }

  codeOf(): Promise<string | undefined> {
    return this.#deps.codeOf(this.message.action).catch((cause: unknown) => {
      throw cause instanceof ActionGone ? cause : new ActionNotFetched("its code could not be read", { cause });
    });
  }

  get builds(): ActionBuilds | undefined {
    return this.#deps.builds;
  }

  waits(): void {
    this.#packed ??= packedArguments(this.message);
    if (this.#packed !== undefined) this.message = this.#packed.without;
  }

  unlocked(): ActivationMessage | undefined {
    try {
      return this.#deps.locks.unlock(this.#packed?.whole() ?? this.message);
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  starting(): Promise<boolean> {
    return this.#deps.note(this).then(
      () => true,
      (error: unknown) => {
        this.fail(error);
        return false;
      },
    );
  }

  run(pooled: PooledContainer, initialized: () => void): Promise<Outcome> {
    if (pooled.state === "initializing") this.#deps.coldStart(pooled.cell);
    // what runs beside it in a container would be taken for its own
    if (this.owner.concurrency === 1) this.#follow(pooled.logs);
    return runActivation(pooled, this, initialized).then((run) => this.#ended(run));
  }

  fail(reason: unknown): void {
    const { warn, clock } = this.#deps;
    if (!isExpected(reason)) warn(`activation ${this.message.activationId} failed unexpectedly`, reason);
    this.settle(failedRecord(this.message, reason, clock.now()));
  }

  /** Ends it with a record, unless it has one. */
  settle(record: Activation): void {
    if (this.#record !== undefined) return;
    this.#record = record;
    this.#unfollow();
    this.#tell(record.logs.slice(this.#toldLines));
    this.#deps.settle(this, record);
  }

  /** The lines that its record would have now. Of one that shares its container nothing is known before its record is made. */
  get logs(): readonly string[] {
    return this.#record?.logs ?? formatLogLines(this.#logs?.printed() ?? []);
  }

  #follow(logs: LogCollector): void {
    this.#logs = logs;
    this.#toldLines = 0;
    logs.follow((line) => this.#printed(line));
  }

  #unfollow(): void {
    this.#logs?.follow(undefined);
    this.#logs = undefined;
  }

  #printed(line: LogLine): void {
    this.#toldLines++;
    if (this.#isFollowed) this.#tell([formatLogLine(line)]);
  }

  get #isFollowed(): boolean {
    return this.#deps.feed?.isFollowed(this.message.user.namespace.name) === true;
  }

  #tell(lines: readonly string[]): void {
    if (lines.length === 0 || !this.#isFollowed) return;
    const { activationId, action, user } = this.message;
    const { name } = action.action;
    const found = { key: "path", value: action.id };
    const bound = action.binding === undefined ? [] : [{ key: "binding", value: action.binding }];
    const path = pathFilter({ name, annotations: [found, ...bound] });
    for (const line of lines) {
      this.#deps.feed?.publish(user.namespace.name, { kind: "log", activationId, name, path, line });
    }
  }

  #ended({ outcome, record }: RunOutcome): Outcome {
    this.#unfollow();
    if (record !== undefined) this.settle(record); // the container need not wait until it is stored
    if (outcome !== "reschedule" || ++this.#moves <= MAX_MOVES) return outcome;
    this.fail(new ContainerStartFailed("host", "every container it came to was going away"));
    return "destroy";
  }
}

function isExpected(reason: unknown): boolean {
  // of a store that cannot write whoever asked is told, and one line of the log says why: hundreds of stacks say no more
  const told = reason instanceof ServiceUnavailable;
  const known = reason instanceof ContainerStartFailed || reason instanceof ActionGone;
  return told || known || reason instanceof ParameterUnreadable;
}

/** The record of an activation that no container could be had for, or whose action is gone. */
function failedRecord(message: ActivationMessage, reason: unknown, now: number): Activation {
  if (reason instanceof ActionGone) return fallbackRecord(message, failure(1, resultMessages.actionGone), now);
  if (reason instanceof ParameterUnreadable) {
    return unplacedRecord(message, failure(3, resultMessages.parameterUnreadable(reason.key)), now);
  }
  if (reason instanceof ActionNotFetched) {
    return unplacedRecord(message, failure(3, resultMessages.actionNotFetched), now);
  }
  if (reason instanceof ServiceUnavailable) return unplacedRecord(message, failure(3, reason.message), now);
  if (!(reason instanceof ContainerStartFailed)) {
    return unplacedRecord(message, failure(3, resultMessages.runAbnormal), now);
  }
  const line = formatLogLine({ time: now, stream: "stderr", text: reason.message });
  return { ...unplacedRecord(message, startFailure(message, reason), now), logs: [line] };
}
