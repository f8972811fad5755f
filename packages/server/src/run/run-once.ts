import {
  type Activation,
  type ActivationMessage,
  type BuildCache,
  initNames,
  type JsonObject,
  localActivationFeed,
  type Manifest,
  mergeArguments,
  type SystemLimits,
  systemClock,
} from "@meringue/core";
import { invoker } from "@meringue/invoker";
import type { Config } from "../config/config.ts";
import { containerEnv } from "../container-env.ts";
import type { ChosenRuntimes } from "../container-runtimes.ts";
import { randomIds } from "../random-ids.ts";
import { type LooseAction, RUN_NAMESPACE } from "./action-of-file.ts";
import { noJournal, noRecords } from "./forgetful-stores.ts";

/** What one run needs. */
export interface OneRun {
  readonly config: Config;
  readonly manifest: Manifest;
  readonly limits: SystemLimits;
  readonly chosen: ChosenRuntimes;
  /** What was built of source before; undefined where it cannot be kept. */
  readonly builds: BuildCache | undefined;
  readonly action: LooseAction;
  readonly payload: JsonObject;
  /** What the action finds as its key, if it is annotated so. */
  readonly authKey: string;
  /** Takes what it prints, as its record has it, while it prints it. */
  readonly printed: (line: string) => void;
  readonly warn: (text: string) => void;
  /** Ends it early. */
  readonly stop: AbortSignal;
}

/**
 * Runs one activation through an invoker of its own, which is that of a server but for what it remembers.
 * @returns its record, undefined when it was stopped
 */
export async function runOnce(run: OneRun): Promise<Activation | undefined> {
  const { config, chosen, action, stop } = run;
  const feed = localActivationFeed();
  feed.subscribe(RUN_NAMESPACE, (event) => {
    if (event.kind === "log") run.printed(event.line);
  });
  const worker = invoker({
    ...{ runtimes: chosen.runtimes, manifest: run.manifest, limits: run.limits, feed, clock: systemClock },
    ...{ activations: noRecords, journal: noJournal, codeOf: () => Promise.resolve(action.code) },
    // one that needs more than all of a server's memory would wait for ever
    memoryMb: Math.max(config.userMemoryMb, action.action.limits.memory),
    ...{ parallelStarts: 1, queueLimit: 1, pullPolicy: "if-absent" },
    ...{ pauseGraceMs: config.pauseGraceMs, idleTimeoutMs: config.idleTimeoutMs },
    ...(run.builds === undefined ? {} : { builds: run.builds }),
    containerEnv: containerEnv(run.limits, undefined),
    warn: (text, error) => run.warn(`${text}: ${error}`),
  });
  const stopped = new Promise<undefined>((resolve) => {
    if (stop.aborted) resolve(undefined);
    stop.addEventListener("abort", () => resolve(undefined));
  });
  try {
    const { result } = await worker.dispatch(messageOf(run));
    return await Promise.race([result, stopped]);
  } finally {
    await worker.close(0);
  }
}

function messageOf({ action: { action }, payload, authKey }: OneRun): ActivationMessage {
  const ids = randomIds();
  const streams = action.annotations.some(({ key, value }) => key === "stream" && value === true);
  return {
    activationId: ids.activationId(),
    transid: ids.transactionId(),
    action: { id: `${RUN_NAMESPACE}/${action.name}`, rev: "1-run", action, ...(streams ? { streams } : {}) },
    user: { subject: RUN_NAMESPACE, namespace: { name: RUN_NAMESPACE, uuid: "" }, authKey, limits: {} },
    args: mergeArguments(action.parameters, payload),
    initArgs: initNames(action.parameters),
    blocking: true,
    received: Date.now(),
  };
}
