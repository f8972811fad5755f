import type { StatusCode } from "../domain/activation.ts";

/** Something that happened on behalf of a namespace, for whoever counts or bills. Times are epoch milliseconds. */
export type PlatformEvent = ActivationEnded | MetricRaised;

interface EventBase {
  /** What it comes from: `invoker0`, `controller0`. */
  readonly source: string;
  readonly subject: string;
  /** The invoking namespace. */
  readonly namespace: string;
  /** The uuid of that namespace. */
  readonly userId: string;
  readonly timestamp: number;
}

export interface ActivationEnded extends EventBase {
  readonly eventType: "Activation";
  readonly run: EndedRun;
}

/** What an activation came to. Durations are in milliseconds. */
export interface EndedRun {
  /** `ns[/pkg]/name`: where the action is. */
  readonly name: string;
  readonly activationId: string;
  readonly statusCode: StatusCode;
  readonly duration: number;
  readonly waitTime: number;
  /** 0 when it was warm. */
  readonly initTime: number;
  readonly kind: string;
  readonly conductor: boolean;
  /** MB. */
  readonly memory: number;
  /** `sequence`, when it is part of one. */
  readonly causedBy?: string;
  /** Of the answer. */
  readonly size?: number;
  /** What the action itself said: of a web action, for example, the HTTP status. */
  readonly userDefinedStatusCode?: number;
}

export interface MetricRaised extends EventBase {
  readonly eventType: "Metric";
  /** `ConcurrentInvocations`, `ConcurrentRateLimit` or `TimedRateLimit`. */
  readonly metricName: string;
  readonly metricValue: number;
}

/** Takes events. What cannot be passed on is dropped: nothing waits for it. */
export interface EventSink {
  publish(event: PlatformEvent): void;
}
