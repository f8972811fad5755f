import type { ActivationMessage, Clock, ExecutableAction, Identity, Ids, InvokerInfo } from "@meringue/core";

/** What is sent to invokers that have failed too often, or have just come: whether it succeeds tells whether they are well. */
export interface HealthTest {
  readonly action: ExecutableAction;
  readonly user: Identity;
}

/** The transaction of every test activation. */
export const HEALTH_TRANSID = "sid_invokerHealth";
/** When an invoker that is not well is tried again, in milliseconds. */
const EVERY_MS = 60_000;

/** Tries invokers that are not well. */
export interface TestActivations {
  update(invokers: readonly InvokerInfo[]): void;
  /** A test has succeeded: one more at once, until enough of them have pushed out the failures that count. */
  succeeded(instance: number): void;
  close(): void;
}

export interface TestActivationsOptions {
  readonly test: HealthTest;
  readonly clock: Clock;
  readonly ids: Pick<Ids, "activationId">;
  send(instance: number, message: ActivationMessage): void;
}

export function testActivations({ test, clock, ids, send }: TestActivationsOptions): TestActivations {
  const tried = new Map<number, { readonly health: string; readonly cancel: () => void }>();

  const sendTest = (instance: number): void =>
    send(instance, {
      activationId: ids.activationId(),
      transid: HEALTH_TRANSID,
      action: test.action,
      user: test.user,
      args: {},
      initArgs: [],
      blocking: false,
      received: clock.now(),
    });
  const tryNow = (instance: number, health: string): void => {
    sendTest(instance);
    tried.set(instance, { health, cancel: clock.after(EVERY_MS, () => tryNow(instance, health)) });
  };

  return {
    update(invokers) {
      for (const { instance, health } of invokers) {
        const before = tried.get(instance);
        const isUnwell = health === "unhealthy" || health === "unresponsive";
        if (before?.health === health && isUnwell) continue;
        before?.cancel();
        tried.delete(instance);
        if (isUnwell) tryNow(instance, health);
      }
    },
    succeeded(instance) {
      if (tried.has(instance)) sendTest(instance);
    },
    close() {
      for (const { cancel } of tried.values()) cancel();
      tried.clear();
    },
  };
}
