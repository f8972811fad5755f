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
import { formatLogLine } from "./log-lines.ts";
import type { PooledContainer } from "./pooled-container.ts";
import { runRecord, type RunTimes } from "./record.ts";
import { initValue, runBody } from "./run-context.ts";
import { type Circumstances, judgeInit, judgeRun } from "./verdict.ts";

/** What an activation needs from around it. */
export interface RunSurroundings {
  readonly clock: Clock;
  readonly limits: SystemLimits;
  /** The action's code as `/init` takes it: text, or base64 of a binary. */
  readonly codeOf: (message: ActivationMessage) => Promise<string | undefined>;
  /** Whether the runtime marks the end of each activation's log. */
  readonly sentinels: boolean;
  /** Notes that user code is about to see the activation: only then may it. Rejects when that cannot be noted. */
  readonly starting: () => Promise<void>;
  /** Bounds of the run's answer. */
  readonly answerLimits: AnswerLimits;
}

/** How it went. `record` is undefined when the activation did not happen and should be tried in another container. */
export interface RunOutcome {
  readonly outcome: Outcome;
  readonly record: Activation | undefined;
}

/** How long to wait for the word that a container which broke off was out of memory, in milliseconds. */
const EXIT_WAIT_MS = 2_000;
/** How long output may take that is not marked with sentinels, in milliseconds. */
const LOG_GRACE_MS = 20;

interface Verdict {
  readonly response: ActivationResponse;
  readonly timedOut: boolean;
  readonly times: RunTimes;
}

/** Initializes the container if it is new, runs one activation in it, and makes its record. */
export async function runActivation(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  initialized: () => void,
): Promise<RunOutcome> {
  const wasIdle = pooled.state !== "initializing";
  let initMs: number | undefined;
  const began = around.clock.now();
  if (!wasIdle) {
    const init = await initialize(message, pooled, around, began);
    if ("outcome" in init) return init;
    initMs = init.initMs;
    initialized();
  }
  const verdict = await run(message, pooled, around, { began, initMs });
  if (verdict === undefined) return { outcome: "reschedule", record: undefined };
  return finish(message, pooled, around, verdict);
}

async function initialize(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  began: number,
): Promise<RunOutcome | { readonly initMs: number }> {
  const { timeout, logs } = message.action.action.limits;
  pooled.logBudget.limitBytes = logs * 1024 * 1024;
  const code = await around.codeOf(message);
  await around.starting();
  const bounds = { maxBytes: around.limits.payloadBytes, truncationBytes: around.limits.truncationBytes };
  const start = around.clock.now();
  const answer = await pooled.client.init(initValue(message, code, start + timeout), timeout, bounds);
  const end = around.clock.now();
  const verdict = judgeInit(answer, await circumstances(pooled, answer, timeout, bounds.maxBytes));
  if (verdict.kind === "ready") return { initMs: end - start };
  if (verdict.kind === "reschedule") return { outcome: "reschedule", record: undefined };
  const times = { began, initMs: end - start, runStart: end, end };
  return finish(message, pooled, around, { response: verdict.response, timedOut: verdict.timedOut, times });
}

/** @returns undefined when the container was going away and the activation did not happen. */
async function run(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  { began, initMs }: { readonly began: number; readonly initMs: number | undefined },
): Promise<Verdict | undefined> {
  const { timeout } = message.action.action.limits;
  if (initMs === undefined) await around.starting();
  const runStart = around.clock.now();
  const body = runBody(message, runStart + timeout);
  const answer = await pooled.client.run(message.activationId, body, timeout, around.answerLimits);
  const end = around.clock.now();
  if (answer.kind === "refused" && initMs === undefined) return undefined; // it died while it was idle: nothing ran
  const verdict = judgeRun(answer, await circumstances(pooled, answer, timeout, around.answerLimits.maxBytes));
  if (verdict.kind === "reschedule") return undefined;
  const times = { began: initMs === undefined ? runStart : began, initMs, runStart, end };
  return { response: verdict.response, timedOut: verdict.timedOut, times };
}

/** Adds what the container's end tells, where the answer makes one wonder. */
async function circumstances(
  pooled: PooledContainer,
  answer: Answer,
  timeoutMs: number,
  maxBytes: number,
): Promise<Circumstances> {
  const suspicious = answer.kind === "lost" || answer.kind === "refused";
  const failed = answer.kind === "answered" && answer.status >= 400 && answer.status !== 503;
  if (!suspicious && !failed) return { timeoutMs, maxBytes, outOfMemory: false };
  const exit = await exitWithin(pooled, suspicious || pooled.client.gone ? EXIT_WAIT_MS : 0);
  return { timeoutMs, maxBytes, outOfMemory: exit?.reason === "out-of-memory" };
}

async function exitWithin(pooled: PooledContainer, waitMs: number): Promise<ContainerExit | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), waitMs);
  });
  const exit = await Promise.race([pooled.container.exited, timeUp]);
  clearTimeout(timer);
  return exit;
}

async function finish(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  { response, timedOut, times }: Verdict,
): Promise<RunOutcome> {
  const developerError = response.statusCode >= 2;
  const logs = await collectLogs(message, pooled, around, developerError);
  const outcome = developerError || logs.failed ? "destroy" : "keep";
  return { outcome, record: { ...runRecord(message, response, times, timedOut), logs: logs.lines } };
}

/** The activation's log as its record holds it. Source: execution contract, "Logs", steps 2 to 6. */
async function collectLogs(
  message: ActivationMessage,
  pooled: PooledContainer,
  around: RunSurroundings,
  developerError: boolean,
): Promise<{ readonly lines: readonly string[]; readonly failed: boolean }> {
  const sentinels = around.sentinels && !developerError;
  const collected = await pooled.logs.collect({ sentinels, graceMs: LOG_GRACE_MS });
  const limitMb = message.action.action.limits.logs;
  if (limitMb === 0) return { lines: [], failed: collected.incomplete };
  const notices = [
    ...(collected.truncated ? [resultMessages.logsTruncated(limitMb * 1024 * 1024)] : []),
    ...(collected.incomplete ? [resultMessages.logsFailed] : []),
    ...(developerError ? [resultMessages.logsOfDeveloperError] : []),
  ];
  const now = performance.timeOrigin + performance.now();
  const lines = [...collected.lines, ...notices.map((text) => ({ time: now, stream: "stderr" as const, text }))];
  return { lines: lines.map(formatLogLine), failed: collected.truncated || collected.incomplete };
}
