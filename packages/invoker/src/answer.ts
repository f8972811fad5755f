import type { StreamReceiver } from "./stream-receiver.ts";

/** What came back from a container for one `/init` or `/run`. */
export type Answer =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** The body as text. */
      readonly body: string;
      /** How much was sent, where the body does not tell: it was streamed. */
      readonly sizeBytes?: number;
    }
  | {
      /** The body was longer than allowed. */
      readonly kind: "too-long";
      readonly status: number;
      readonly lengthBytes: number;
      /** As much of it as may be kept. */
      readonly prefix: string;
    }
  /** Nothing was sent: trying again elsewhere is safe. */
  | { readonly kind: "refused" }
  /** The connection broke after something was sent: the code may have run. */
  | { readonly kind: "lost" }
  | { readonly kind: "timed-out" };

/** How much of an answer is read and kept, in bytes. */
export interface AnswerLimits {
  readonly maxBytes: number;
  readonly truncationBytes: number;
}

/**
 * Speaks to one container. Both calls always resolve, and take `timeoutMs` at most.
 * Bodies are compact JSON without newlines.
 */
export interface ActionClient {
  /** @param value the `value` of an `/init` body, as JSON text. */
  init(value: string, timeoutMs: number, limits: AnswerLimits): Promise<Answer>;
  /**
   * @param body a `/run` body, as JSON text.
   * @param stream takes what is sent before the answer; without it nothing may be.
   */
  run(
    activationId: string,
    body: string,
    timeoutMs: number,
    limits: AnswerLimits,
    stream?: StreamReceiver,
  ): Promise<Answer>;
  /** Whether it is known that the other side has ended the conversation. */
  readonly gone: boolean;
  /** The process behind it has ended: what it said may still come, but nothing is tried again. */
  ended(): void;
  /** Gives up idle connections: a container that is about to be paused may not keep them. */
  release(): void;
  /** Ends it; pending calls resolve as lost. */
  close(): void;
}
