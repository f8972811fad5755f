import type { Activation, ActivationResponse } from "../domain/activation.ts";
import { formOf } from "../domain/conductor.ts";
import { BadRequest, ServiceUnavailable, WhiskError } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import type { SystemLimits } from "../domain/limits.ts";
import { messages } from "../domain/messages.ts";
import type { ActivationFeed, RunningLogs } from "../ports/activation-feed.ts";
import type { ActivationJournal } from "../ports/activation-journal.ts";
import type { ActivationStore } from "../ports/activation-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActivationMessage } from "../ports/dispatcher.ts";
import type { Ids } from "../ports/ids.ts";
import type { PreparedAction } from "./action-catalogue.ts";
import { enclosingRecord, stoppedResponse, type Tally, tally } from "./enclosing-record.ts";
import { isKept, type StoreLevels } from "./kept-records.ts";
import { recordKeeper } from "./record-keeper.ts";

export interface EnclosingDependencies {
  readonly activations: ActivationStore;
  readonly journal: ActivationJournal;
  /** Is told of each run when it has ended. */
  readonly feed?: ActivationFeed;
  readonly limits: SystemLimits;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Which records are kept; all, unless told. */
  readonly storeLevels?: StoreLevels;
  /** Hears of what is the server's own fault. */
  readonly warn: (text: string, error: unknown) => void;
}

/** A run of a sequence or composition that is wanted. */
export interface EnclosingCall {
  readonly prepared: PreparedAction;
  readonly user: Identity;
  readonly transid: string;
  /** Epoch milliseconds: `waitTime` counts from here. */
  readonly received: number;
  /** False for a call that nobody waits for. */
  readonly blocking: boolean;
  /** Whether the caller wants a record whatever the store levels say; a component has it of what it is in. */
  readonly extraLogging?: boolean | undefined;
  /** The run that this one is a component of. */
  readonly within?: Enclosing;
}

/** A run of a sequence or composition: an activation that encloses others and ends in a record of its own. */
export interface Enclosing {
  readonly activationId: string;
  readonly user: Identity;
  readonly transid: string;
  readonly extraLogging: boolean | undefined;
  /** How many others it is inside of. */
  readonly depth: number;
  readonly tally: Tally;
  /** True once it has its record: nothing more may be run on its behalf. */
  readonly ended: boolean;
  /** Makes its record. Of several calls the first counts. @returns when it is stored, or the first try has failed. */
  end(response: ActivationResponse): Promise<Activation>;
  /** Takes note of why it fails where that is the server's own fault. */
  report(error: unknown): void;
}

/** The runs of sequences and compositions of this process. What it accepts ends in a record, also after a crash. */
export interface EnclosingActivations extends RunningLogs {
  /**
   * Accepts a run.
   * @returns when that is noted: synced, unless somebody waits for its result.
   * @throws ServiceUnavailable when it can't be noted or the server stops; BadRequest when it is nested too deeply
   */
  open(call: EnclosingCall): Promise<Enclosing>;
  /** Lets what runs go on for `drainMs`, then ends it with a record that says so. To be called before invokers stop. */
  close(drainMs: number): Promise<void>;
}

/** Makes {@link EnclosingActivations}. */
export function enclosingActivations(deps: EnclosingDependencies): EnclosingActivations {
  const { clock, ids, journal, warn } = deps;
  const keeper = recordKeeper(deps, clock, warn);
  const running = new Map<Run, Promise<Activation>>();
  // Deeper than anything gets whose runs are counted together: ends what calls itself.
  const maxDepth = 2 * deps.limits.sequenceLength;
  let closing = false;

  const put = async (record: Activation, run: Run): Promise<Activation> => {
    await keeper.settle(record, isKept(run.message, record.response, deps.storeLevels));
    running.delete(run);
    return record;
  };

  return {
    async open(call) {
      const depth = call.within === undefined ? 0 : call.within.depth + 1;
      if (depth > maxDepth) throw new BadRequest(messages.sequenceTooLong);
      // A component may still be begun while the rest of what it belongs to is given time to end.
      if (closing && call.within === undefined) throw new ServiceUnavailable();
      const message = messageOf(call, ids.activationId());
      const run = enclosing(message, depth, clock, put, warn);
      running.set(run, run.done);
      try {
        await journal.accept(message, !call.blocking);
      } catch (error) {
        running.delete(run);
        throw error;
      }
      return run;
    },

    logsOf(namespace, activationId) {
      for (const { message, tally: counted } of running.keys()) {
        if (message.activationId === activationId && message.user.namespace.name === namespace)
          return [...counted.logs];
      }
      return undefined;
    },

    async close(drainMs) {
      closing = true;
      let cancel = (): void => {};
      let late = false;
      const timeUp = new Promise<void>((resolve) => {
        cancel = clock.after(drainMs, () => {
          late = true;
          resolve();
        });
      });
      while (running.size > 0 && !late) await Promise.race([Promise.all(running.values()), timeUp]);
      cancel();
      await Promise.all([...running.keys()].map((run) => run.stop()));
      await keeper.close();
    },
  };
}

interface Run extends Enclosing {
  readonly message: ActivationMessage;
  /** Resolves when it has its record. */
  readonly done: Promise<Activation>;
  stop(): Promise<Activation>;
}

function messageOf(call: EnclosingCall, activationId: string): ActivationMessage {
  const { within } = call;
  return {
    activationId,
    transid: call.transid,
    action: call.prepared.executable,
    user: call.user,
    // It is never run from what the journal says, so that the arguments need not be in there.
    args: {},
    initArgs: [],
    blocking: call.blocking,
    ...(within === undefined ? {} : { cause: within.activationId }),
    received: call.received,
    enclosing: true,
    extraLogging: within === undefined ? call.extraLogging : within.extraLogging,
  };
}

function enclosing(
  message: ActivationMessage,
  depth: number,
  clock: Clock,
  put: (record: Activation, run: Run) => Promise<Activation>,
  warn: EnclosingDependencies["warn"],
): Run {
  const { action } = message.action;
  const start = clock.now();
  const counted = tally(formOf(action) === "composition" ? action.limits.memory : undefined);
  const { promise: done, resolve } = Promise.withResolvers<Activation>();
  let ended = false;
  const run: Run = {
    message,
    activationId: message.activationId,
    user: message.user,
    transid: message.transid,
    extraLogging: message.extraLogging,
    depth,
    tally: counted,
    get ended() {
      return ended;
    },
    end(response) {
      if (!ended) {
        ended = true;
        resolve(put(enclosingRecord(message, response, counted, { start, end: clock.now() }), run));
      }
      return done;
    },
    report(error) {
      const expected = ended || (error instanceof WhiskError && error.status !== 500);
      if (!expected) warn(`activation ${message.activationId} failed unexpectedly`, error);
    },
    done,
    stop: () => run.end(stoppedResponse(message)),
  };
  return run;
}
