import {
  type Acknowledgement,
  type Activation,
  type ActivationMessage,
  type ActivationSender,
  type InvokerInfo,
  type InvokerOutcome,
  type InvokerRegistry,
} from "@meringue/core";
import { aMessage, anActivation, anActivationId, fakeClock, memoryActivationStore } from "@meringue/testkit";
import { type LoadBalancerOptions, loadBalancer } from "../src/load-balancer/load-balancer.ts";
import { anInvoker } from "./placement-world.ts";

/** A bus that keeps what it was given, and carries the acknowledgements that a test gives. */
export interface FakeSender extends ActivationSender {
  readonly sent: { readonly invoker: number; readonly message: ActivationMessage }[];
  /** What the next sends come to; nothing: they succeed. */
  failWith: Error | undefined;
  acknowledge(acknowledgement: Acknowledgement): void;
}

export function fakeSender(): FakeSender {
  const listeners = new Set<(acknowledgement: Acknowledgement) => void>();
  return {
    controller: "0",
    sent: [],
    failWith: undefined,
    async send(invoker, message) {
      if (this.failWith !== undefined) throw this.failWith;
      this.sent.push({ invoker, message });
    },
    onAcknowledgement(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    acknowledge(acknowledgement) {
      for (const listener of listeners) listener(acknowledgement);
    },
    lag: () => 0,
    close: async () => undefined,
  };
}

/** A registry that tells what a test says, and keeps what was reported to it. */
export interface FakeRegistry extends InvokerRegistry {
  readonly reports: { readonly instance: number; readonly outcome: InvokerOutcome }[];
  tell(...invokers: InvokerInfo[]): void;
}

export function fakeRegistry(): FakeRegistry {
  const listeners = new Set<(invokers: readonly InvokerInfo[]) => void>();
  let known: readonly InvokerInfo[] = [];
  const reports: FakeRegistry["reports"] = [];
  return {
    reports,
    report: (instance, outcome) => void reports.push({ instance, outcome }),
    watch(listener) {
      listeners.add(listener);
      listener(known);
      return () => listeners.delete(listener);
    },
    tell(...invokers) {
      known = invokers;
      for (const listener of listeners) listener(known);
    },
    close: async () => undefined,
  };
}

/** A load balancer with invokers of 1 GB, and all around it. */
export function balancerWorld(invokers = 2, over: Partial<LoadBalancerOptions> = {}) {
  const clock = fakeClock();
  const sender = fakeSender();
  const registry = fakeRegistry();
  const activations = memoryActivationStore();
  const warnings: string[] = [];
  registry.tell(...Array.from({ length: invokers }, (_, at) => anInvoker(at)));
  const balancer = loadBalancer({
    sender,
    registry,
    activations,
    clock,
    ids: { activationId: anActivationId, transactionId: anActivationId },
    limits: { timeoutMs: [100, 60_000, 300_000] },
    controllers: () => 1,
    warn: (text) => warnings.push(text),
    ...over,
  });
  return { clock, sender, registry, activations, balancer, warnings };
}

export type BalancerWorld = ReturnType<typeof balancerWorld>;

/** What an invoker says when all is over. */
export function combined(message: ActivationMessage, instance: number, activation?: Activation): Acknowledgement {
  const { activationId, transid } = message;
  return {
    kind: "combined",
    activationId,
    transid,
    activation,
    isSystemError: false,
    invoker: { instance, userMemoryMb: 1_024 },
  };
}

/** The record of a message. */
export function recordOf({ activationId, user }: ActivationMessage): Activation {
  return anActivation({ activationId, namespace: user.namespace.name });
}

export function blockingMessage(over: Partial<ActivationMessage> = {}): ActivationMessage {
  return aMessage({ blocking: true, ...over });
}

/** Lets everything run that is only waiting for its turn. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
