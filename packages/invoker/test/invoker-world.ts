import {
  type Activation,
  type ActivationMessage,
  DEFAULT_MANIFEST,
  parseManifest,
  UPSTREAM_LIMITS,
} from "@meringue/core";
import {
  aMessage,
  anAction,
  type FakeClock,
  type FakeContainerRuntime,
  type FakeRuntimeOptions,
  fakeClock,
  fakeContainerRuntime,
  type MemoryActivationJournal,
  memoryActivationJournal,
  memoryActivationStore,
} from "@meringue/testkit";
import { onTestFinished } from "vitest";
import { type Invoker, type InvokerOptions, invoker } from "../src/invoker.ts";
import { turn } from "./pool-world.ts";

export interface InvokerWorld {
  readonly invoker: Invoker;
  readonly runtime: FakeContainerRuntime;
  readonly clock: FakeClock;
  readonly journal: MemoryActivationJournal;
  readonly activations: InvokerOptions["activations"];
  /** What was told to the journal and asked of containers, in order: `accept`, `start`, `settle`, `init`, `run`. */
  readonly events: string[];
  readonly warnings: string[];
  /** Dispatches, and waits for the record; checks that it is what is stored. */
  ran(message?: ActivationMessage): Promise<Activation>;
  stored(message: ActivationMessage): Promise<Activation | undefined>;
  /** The world as the next process finds it, after this one was killed. */
  killed(over?: WorldOptions): InvokerWorld;
}

export type WorldOptions = Partial<Omit<InvokerOptions, "journal" | "activations">> &
  FakeRuntimeOptions & {
    readonly journal?: MemoryActivationJournal;
    readonly activations?: InvokerOptions["activations"];
    /** Stands in for single calls of the journal. */
    readonly noting?: (event: "accept" | "start", activationId: string) => Promise<void> | void;
  };

/** A message for an action with other limits or annotations than usual. */
export function messageFor(
  action: Parameters<typeof anAction>[0],
  over: Partial<ActivationMessage> = {},
): ActivationMessage {
  return aMessage({ action: { id: "guest/hello", rev: "1-a", action: anAction(action) }, ...over });
}

/** Limits of an action whose time is up soon. */
export const HASTY = { timeout: 30, memory: 256, logs: 10, concurrency: 1 };

/** An invoker with a fake runtime, and everything else in memory. */
export function invokerWorld(over: WorldOptions = {}): InvokerWorld {
  const clock = fakeClock();
  const events: string[] = [];
  const warnings: string[] = [];
  const runtime = fakeContainerRuntime({
    ...over,
    script(call, container) {
      events.push(call.kind);
      return over.script?.(call, container) ?? {};
    },
  });
  const activations = over.activations ?? memoryActivationStore();
  const journal = over.journal ?? memoryActivationJournal(activations);
  const { noting: _, ...options } = over;
  let last = Promise.resolve();
  /** Notes are kept in the order of the calls. */
  const inOrder = (note: () => Promise<void>): Promise<void> => {
    const kept = last.then(note);
    last = kept.catch(() => undefined);
    return kept;
  };
  const made = invoker({
    runtimes: [runtime],
    manifest: parseManifest(DEFAULT_MANIFEST),
    limits: { ...UPSTREAM_LIMITS, timeoutMs: [1, 60_000, 300_000], concurrency: [1, 1, 10] },
    activations,
    clock,
    codeOf: async () => "code",
    memoryMb: 1024,
    parallelStarts: 4,
    pauseGraceMs: 50,
    idleTimeoutMs: 600_000,
    queueLimit: 100,
    pullPolicy: "if-absent",
    containerEnv: {},
    warn: (text) => void warnings.push(text),
    ...options,
    journal: {
      ...journal,
      accept: (message, durable) =>
        inOrder(async () => {
          await over.noting?.("accept", message.activationId);
          events.push(durable ? "accept durably" : "accept");
          await journal.accept(message, durable);
        }),
      start: (id) =>
        inOrder(async () => {
          await over.noting?.("start", id);
          events.push("start");
          await journal.start(id);
        }),
      async settle(id) {
        events.push("settle");
        await journal.settle(id);
      },
    },
  });
  onTestFinished(async () => {
    const closed = made.close(0);
    clock.advance(2_000);
    await Promise.race([closed, turn()]);
  });
  const stored = (message: ActivationMessage) => activations.get(message.user.namespace.name, message.activationId);
  return {
    invoker: made,
    runtime,
    clock,
    journal,
    activations,
    events,
    warnings,
    async ran(message = messageFor({})) {
      const { result } = await made.dispatch(message);
      return await result;
    },
    stored,
    killed: (next = {}) => invokerWorld({ ...next, activations, journal: journal.restarted() }),
  };
}

/** The lines of a record's log, without their stamps. */
export function logOf(record: Activation): string[] {
  return record.logs.map((line) => line.replace(/^\S{30} /, ""));
}

/** The value of an annotation. */
export function annotation(record: Activation, key: string): unknown {
  return record.annotations.find((each) => each.key === key)?.value;
}
