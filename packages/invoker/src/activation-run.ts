import {
  type Activation,
  type ActivationMessage,
  type ActivationResponse,
  type Clock,
  type ContainerExit,
  resultMessages,
  type SystemLimits,
} from "@meringue/core";
import type { Answer, AnswerLimits } from "./answer.ts";
import type { Outcome } from "./job.ts";
import { formatLogLine, formatLogLines } from "./log-lines.ts";
import type { PooledContainer } from "./pooled-container.ts";
import { type RunTimes, runRecord, SERVER_STOPPED } from "./record.ts";
import { initValue, runBody } from "./run-context.ts";
import { type Circumstances, judgeInit, judgeRun } from "./verdict.ts";

/** What an activation needs from around it. */
export interface RunSurroundings {
  readonly clock: Clock;
  /** The activation with its arguments in plain. @returns undefined when they can't be had: then it was given up. */
  readonly unlocked: (message: ActivationMessage) => ActivationMessage | undefined;
  readonly limits: SystemLimits;
  /** The action's code as `/init` takes it: text, or base64 of a binary. */
  readonly codeOf: () => Promise<string | undefined>;
  /** Whether the runtime marks the end of each activation's log. */
  readonly sentinels: boolean;
  /** Notes that user code is about to see the activation. @returns false when that failed: then it may not see it. */
  readonly starting: () => Promise<boolean>;
  /** Bounds of the run's answer. */
  readonly answerLimits: AnswerLimits;
}

/** How it went. `record` is undefined when the activation did not happen. */
export interface RunOutcome {
  readonly outcome: Outcome;
  readonly record: Activation | undefined;
}

/** How long to wait for the word that a container which broke off was out of memory, in milliseconds. */
const EXIT_WAIT_MS = 2_000;

interface Verdict {
  readonly response: ActivationResponse;
  readonly timedOut: boolean;
  readonly times: RunTimes;
}

/** Initializes the container if it is new, runs one activation in it, and makes its record. */
export async function runActivation(
  accepted: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  initialized: () => void,
): Promise<RunOutcome> {
  const message = around.unlocked(accepted);
  if (message === undefined) {
    return { outcome: pooled.state === "initializing" ? "destroy" : "keep", record: undefined };
  }
  if (pooled.state !== "initializing") return await run(message, pooled, around, undefined);
  const init = await initialize(message, pooled, around);
  if ("outcome" in init) return init;
  initialized();
  return await run(message, pooled, around, init);
}

/** When init began and how long it took, in milliseconds. */
interface InitTimes {
  readonly began: number;
  readonly initMs: number;
}

async function initialize(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
): Promise<RunOutcome | InitTimes> {
  const { timeout, logs, concurrency } = message.action.action.limits;
  pooled.logBudget.limitBytes = logs * 1024 * 1024;
  pooled.logBudget.segments = concurrency;
  const code = await around.codeOf();
  if (!(await around.starting())) return { outcome: "destroy", record: undefined };
  const { payloadBytes: maxBytes, truncationBytes } = around.limits;
  const began = around.clock.now();
  const value = initValue(message, code, began + timeout);
  const answer = await pooled.client.init(value, timeout, { maxBytes, truncationBytes });
  const end = around.clock.now();
  const verdict = judgeInit(answer, await circumstances(pooled, around.clock, answer, timeout, maxBytes));
  const initMs = end - began;
  if (verdict.kind === "ready") return { began, initMs };
  if (verdict.kind === "reschedule") return { outcome: "reschedule", record: undefined };
  const times = { began, initMs, runStart: end, end };
  return finish(message, pooled, around, { response: verdict.response, timedOut: verdict.timedOut, times });
}

async function run(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  init: InitTimes | undefined,
): Promise<RunOutcome> {
  const { timeout } = message.action.action.limits;
  if (init === undefined && !(await around.starting())) return { outcome: "keep", record: undefined };
  const runStart = around.clock.now();
  const body = runBody(message, runStart + timeout);
  const answer = await pooled.client.run(message.activationId, body, timeout, around.answerLimits);
  const end = around.clock.now();
  // it had ended while it was idle: nothing ran
  if (answer.kind === "refused" && init === undefined) return { outcome: "reschedule", record: undefined };
  const about = await circumstances(pooled, around.clock, answer, timeout, around.answerLimits.maxBytes);
  const verdict = judgeRun(answer, about);
  if (verdict.kind === "reschedule") return { outcome: "reschedule", record: undefined };
  const times = { began: init?.began ?? runStart, initMs: init?.initMs, runStart, end };
  return finish(message, pooled, around, { response: verdict.response, timedOut: verdict.timedOut, times });
}

/** Adds what the container's end tells, where the answer makes one wonder. */
async function circumstances(
  pooled: PooledContainer,
  clock: Clock,
  answer: Answer,
  timeoutMs: number,
  maxBytes: number,
): Promise<Circumstances> {
  const suspicious = answer.kind === "lost" || answer.kind === "refused";
  const failed = answer.kind === "answered" && answer.status >= 400 && answer.status !== 503;
  if (isLeaving(pooled) || !(suspicious || failed)) return { timeoutMs, maxBytes, outOfMemory: false };
  const exit = await exitWithin(pooled, clock, suspicious || pooled.client.gone ? EXIT_WAIT_MS : 0);
  return { timeoutMs, maxBytes, outOfMemory: exit?.reason === "out-of-memory" };
}

function isLeaving({ state }: PooledContainer): boolean {
  return state === "removing" || state === "gone";
}

async function exitWithin(pooled: PooledContainer, clock: Clock, waitMs: number): Promise<ContainerExit | undefined> {
  let cancel = (): void => {};
  const timeUp = new Promise<undefined>((resolve) => {
    if (waitMs === 0) setImmediate(resolve, undefined);
    else cancel = clock.after(waitMs, () => resolve(undefined));
  });
  const exit = await Promise.race([pooled.container.exited, timeUp]);
  cancel();
  return exit;
}

async function finish(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  { response: judged, timedOut, times }: Verdict,
): Promise<RunOutcome> {
  // a container at work is removed when the server stops, and only then: what broke off is not the action's fault
  const stopped = isLeaving(pooled) && judged.statusCode >= 2 && !timedOut;
  const response = stopped ? SERVER_STOPPED : judged;
  const failed = response.statusCode >= 2;
  const logs = await collectLogs(message, pooled, around, response.statusCode === 2, failed);
  const outcome = failed || logs.failed ? "destroy" : "keep";
  return { outcome, record: { ...runRecord(message, response, times, timedOut), logs: logs.lines } };
}

/** The activation's log as its record holds it. Source: execution contract, "Logs", steps 2 to 6. */
async function collectLogs(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  developerError: boolean,
  failed: boolean,
): Promise<{ readonly lines: readonly string[]; readonly failed: boolean }> {
  const limitBytes = message.action.action.limits.logs * 1024 * 1024;
  if (limitBytes === 0) return { lines: [], failed: false };
  const collected = await pooled.logs.collect(around.sentinels && !failed);
  const lines = formatLogLines(collected.lines);
  const notice = (text: string): void => {
    lines.push(formatLogLine({ time: around.clock.now(), stream: "stderr", text }));
  };
  if (collected.truncated) notice(resultMessages.logsTruncated(limitBytes));
  if (collected.incomplete) notice(resultMessages.logsFailed);
  if (developerError) notice(resultMessages.logsOfDeveloperError);
  return { lines, failed: collected.truncated || collected.incomplete };
}
