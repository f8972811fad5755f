import { StringDecoder } from "node:string_decoder";
import {
  type Activation,
  type ActivationMessage,
  type ActivationResponse,
  type Clock,
  type ContainerExit,
  resultMessages,
  type SystemLimits,
} from "@meringue/core";
import { type ActionBuilds, MAX_BUILD_LENGTH, plainUpload, type Upload } from "./action-builds.ts";
import type { Answer, AnswerLimits } from "./answer.ts";
import type { StreamedAnswer } from "./answer-stream.ts";
import type { Outcome } from "./job.ts";
import type { CollectedLogs } from "./log-collector.ts";
import { formatLogLine, formatLogLines } from "./log-lines.ts";
import type { PooledContainer } from "./pooled-container.ts";
import { type RunTimes, runRecord, SERVER_STOPPED } from "./record.ts";
import { mayRunAgain } from "./run-again.ts";
import { initValue, runBody, type StreamWish } from "./run-context.ts";
import { judgeInit, judgeRun } from "./verdict.ts";

/** What an activation needs from around it. */
export interface RunSurroundings {
  readonly clock: Clock;
  /** The activation with its arguments in plain. @returns undefined when they can't be had: then it was given up. */
  unlocked(): ActivationMessage | undefined;
  readonly limits: SystemLimits;
  /** The action's code as `/init` takes it: text, or base64 of a binary. */
  codeOf(): Promise<string | undefined>;
  /** Without it, every container builds what it is given. */
  readonly builds: ActionBuilds | undefined;
  /** Whether the runtime marks the end of each activation's log. */
  readonly sentinels: boolean;
  /** Notes that user code is about to see the activation. @returns false when that failed: then it may not see it. */
  starting(): Promise<boolean>;
  /** Bounds of the run's answer. */
  readonly answerLimits: AnswerLimits;
  /** Takes an answer that is streamed, if somebody wants it so. */
  readonly streamed: StreamedAnswer | undefined;
}

/** How it went. `record` is undefined when the activation did not happen. */
export interface RunOutcome {
  readonly outcome: Outcome;
  readonly record: Activation | undefined;
}

const KEPT: RunOutcome = { outcome: "keep", record: undefined };
const DESTROYED: RunOutcome = { outcome: "destroy", record: undefined };
const RESCHEDULED: RunOutcome = { outcome: "reschedule", record: undefined };

/** How long to wait for the word that a container which broke off was out of memory, in milliseconds. */
const EXIT_WAIT_MS = 2_000;

/** What an answer to `/init` may have beside a build, in bytes. */
const BESIDE_BUILD_BYTES = 1_024;

const INITIALISED = 200;

const MIB = 1024 * 1024;

interface Verdict {
  readonly response: ActivationResponse;
  readonly timedOut: boolean;
  readonly times: RunTimes;
}

/** Initializes the container if it is new, runs one activation in it, and makes its record. */
export async function runActivation(
  pooled: PooledContainer,
  around: RunSurroundings,
  initialized: () => void,
): Promise<RunOutcome> {
  const isNew = pooled.state === "initializing";
  const message = around.unlocked();
  if (message === undefined) return isNew ? DESTROYED : KEPT;
  let init: InitTimes | undefined;
  if (isNew) {
    const times = await initialize(message, pooled, around);
    if ("outcome" in times) return times;
    initialized();
    init = times;
  } else if (!(await around.starting())) return KEPT;
  return run(message, pooled, around, init);
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
  pooled.logBudget.limitBytes = logs * MIB;
  pooled.logBudget.segments = concurrency;
  const upload = await uploadFor(message, pooled, around);
  if (!(await around.starting())) return DESTROYED;
  const { payloadBytes: maxBytes } = around.limits;
  const began = around.clock.now();
  const value = initValue(message, upload, began + timeout);
  const given = await pooled.client.init(value, timeout, initLimits(upload, around.limits));
  const answer = upload.wantsBuild ? withoutBuild(given, around.limits) : given;
  const end = around.clock.now();
  const outOfMemory = isDoubtful(answer) && (await ranOutOfMemory(pooled, around.clock, answer));
  const verdict = judgeInit(answer, { timeoutMs: timeout, maxBytes, outOfMemory });
  const initMs = end - began;
  if (verdict.kind === "ready") {
    if (answer.kind === "answered") upload.initialised(answer.body);
    return { began, initMs };
  }
  if (verdict.kind === "reschedule") return RESCHEDULED;
  upload.failed();
  const times = { began, initMs, runStart: end, end };
  return finish(message, pooled, around, { response: verdict.response, timedOut: verdict.timedOut, times });
}

async function uploadFor(
  message: ActivationMessage,
  { container }: PooledContainer,
  around: RunSurroundings,
): Promise<Upload> {
  const code = await around.codeOf();
  return around.builds === undefined ? plainUpload(code) : around.builds.upload(message, container, code);
}

/** A build comes with the answer, however long answers may be else. */
function initLimits({ wantsBuild }: Upload, { payloadBytes, truncationBytes }: SystemLimits): AnswerLimits {
  const maxBytes = wantsBuild ? Math.max(payloadBytes, MAX_BUILD_LENGTH + BESIDE_BUILD_BYTES) : payloadBytes;
  return { maxBytes, truncationBytes };
}

/** What says that an init failed is held to the usual length, whatever a build may have. */
function withoutBuild(answer: Answer, { payloadBytes, truncationBytes }: SystemLimits): Answer {
  if (answer.kind !== "answered" || answer.status === INITIALISED) return answer;
  const lengthBytes = Buffer.byteLength(answer.body);
  if (lengthBytes <= payloadBytes) return answer;
  const prefix = new StringDecoder("utf8").write(Buffer.from(answer.body).subarray(0, truncationBytes));
  return { kind: "too-long", status: answer.status, lengthBytes, prefix };
}

async function run(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  init: InitTimes | undefined,
): Promise<RunOutcome> {
  const { clock, answerLimits, streamed } = around;
  const { timeout } = message.action.action.limits;
  const runStart = clock.now();
  const wish = message.action.streams === true ? streamWish(around) : undefined;
  const body = runBody(message, runStart + timeout, wish);
  const answer = await (streamed === undefined
    ? pooled.client.run(message.activationId, body, timeout, answerLimits)
    : streamed.run(pooled.client, message.activationId, body, timeout, answerLimits));
  const end = clock.now();
  // it had ended while it was idle: nothing ran
  if (answer.kind === "refused" && init === undefined) return RESCHEDULED;
  const { maxBytes } = answerLimits;
  const outOfMemory = isDoubtful(answer) && (await ranOutOfMemory(pooled, clock, answer));
  const verdict = judgeRun(answer, { timeoutMs: timeout, maxBytes, outOfMemory });
  if (verdict.kind === "reschedule") return RESCHEDULED;
  const times = { began: init?.began ?? runStart, initMs: init?.initMs, runStart, end };
  return finish(message, pooled, around, { response: verdict.response, timedOut: verdict.timedOut, times });
}

function streamWish({ streamed, answerLimits }: RunSurroundings): StreamWish {
  return streamed === undefined ? { stream: "collect", stream_limit: answerLimits.maxBytes } : { stream: "send" };
}

/** Whether the container's end may tell more than the answer does. */
function isDoubtful(answer: Answer): boolean {
  if (answer.kind === "answered") return answer.status >= 400 && answer.status !== 503;
  return answer.kind === "lost" || answer.kind === "refused";
}

/** Whether a container was ended for using too much memory, where its answer makes one wonder. */
async function ranOutOfMemory(pooled: PooledContainer, clock: Clock, answer: Answer): Promise<boolean> {
  if (isLeaving(pooled)) return false;
  const exit = await exitWithin(pooled, clock, answer.kind !== "answered" || pooled.client.gone ? EXIT_WAIT_MS : 0);
  return exit?.reason === "out-of-memory";
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
  if (stopped && mayRunAgain(message)) return DESTROYED; // the next start finds it in the journal
  const response = stopped ? SERVER_STOPPED : judged;
  const failed = response.statusCode >= 2;
  const record = runRecord(message, response, times, timedOut);
  const limitBytes = message.action.action.limits.logs * MIB;
  if (limitBytes === 0) return { outcome: failed ? "destroy" : "keep", record };
  const marked = pooled.logEnd ?? (around.sentinels ? "sentinels" : "unmarked");
  const collected = await pooled.logs.collect(failed ? "unmarked" : marked);
  const logs = logsOf(collected, around.clock, limitBytes, response.statusCode === 2);
  const outcome = failed || collected.truncated || collected.incomplete ? "destroy" : "keep";
  return { outcome, record: logs.length === 0 ? record : { ...record, logs } };
}

/** The activation's log as its record holds it. Source: execution contract, "Logs", steps 2 to 6. */
function logsOf(
  collected: CollectedLogs,
  clock: Clock,
  limitBytes: number,
  developerError: boolean,
): readonly string[] {
  const lines = formatLogLines(collected.lines);
  const notice = (text: string): void => {
    lines.push(formatLogLine({ time: clock.now(), stream: "stderr", text }));
  };
  if (collected.truncated) notice(resultMessages.logsTruncated(limitBytes));
  if (collected.incomplete) notice(resultMessages.logsFailed);
  if (developerError) notice(resultMessages.logsOfDeveloperError);
  return lines;
}
