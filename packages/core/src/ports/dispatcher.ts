import type { Activation } from "../domain/activation.ts";
import type { Action } from "../domain/entity.ts";
import type { Identity } from "../domain/identity.ts";
import type { Json, JsonObject } from "../domain/json.ts";

/** An action at one revision, ready to be run by whoever can. */
export interface ExecutableAction {
  /** `ns/name` or `ns/pkg/name`: the provider's path. */
  readonly id: string;
  readonly rev: string;
  readonly action: Action;
  /** `ns/boundPkg` when it is reached through a binding. */
  readonly binding?: string;
  /** Set when the action asks to stream its answers: annotated `stream: true`. */
  readonly streams?: true;
}

/** One activation on its way to an invoker. */
export interface ActivationMessage {
  /** 32 lower-case hexadecimal digits. */
  readonly activationId: string;
  readonly transid: string;
  readonly action: ExecutableAction;
  readonly user: Identity;
  /** Merged arguments, an object or (inside a sequence) an array. Init parameters are still in it. */
  readonly args: Json;
  /** Length of `args` as JSON, about, in bytes, where there may be many. */
  readonly argsBytes?: number | undefined;
  /** Names of the parameters in `args` that go to the environment at init, not to the run. */
  readonly initArgs: readonly string[];
  /** Cipher of each parameter in `args` that is still locked: it is unlocked for the container's eyes only. */
  readonly lockedArgs?: Readonly<Record<string, string>> | undefined;
  readonly blocking: boolean;
  /** Enclosing sequence or composition. */
  readonly cause?: string;
  /** Epoch milliseconds at which the request was received: `waitTime` counts from here. */
  readonly received: number;
  /**
   * Set on a run of a sequence or composition as a whole. It is noted in journals, and never dispatched: nobody may run
   * its action.
   */
  readonly enclosing?: true;
  /** True when the caller wants a record whatever the deployment's store levels say. Components have it of what they are in. */
  readonly extraLogging?: boolean | undefined;
  /** Set on a run of an action that streams when somebody takes the answer while it is made; else it is collected. */
  readonly streamed?: true | undefined;
}

/**
 * The sending side of the way to the invokers. Every accepted activation ends in exactly one record.
 */
export interface Dispatcher {
  /**
   * Hands an activation over.
   * @returns when it is accepted (and, unless it is blocking, safe on disk).
   * @throws ServiceUnavailable when it cannot be placed, TooManyRequests when too many of its namespace wait already: then
   * nothing was accepted.
   */
  dispatch(message: ActivationMessage): Promise<Dispatched>;
  /** A hint, to be ignored at will: the action is likely to be dispatched soon, on behalf of this namespace. */
  prepare?(action: ExecutableAction, namespace: string): void;
}

export interface Dispatched {
  /**
   * The record, logs included, once it is stored (see architecture, "The life of one activation"). Never rejects; it does
   * not resolve for an activation that is left to the next start of a server that stops.
   */
  readonly result: Promise<Activation>;
  /**
   * When it holds no slot any more, for whoever only counts. Given by dispatchers that would have to look its record up to
   * tell `result`, which they do when that is asked for. Never rejects.
   */
  readonly ended?: Promise<void>;
  /**
   * The answer while it is made, from the moment that its head is there; undefined once it is clear that there is only
   * `result`. Never rejects. Given for messages that are `streamed`, by dispatchers that can. Until somebody iterates
   * or cancels the stream, the action waits.
   */
  readonly stream?: Promise<AnswerStream | undefined>;
}

/** An answer that is still being made. */
export interface AnswerStream {
  /** What the action said before its body: `statusCode` and `headers`, as it gave them, unchecked. */
  readonly head: JsonObject;
  /**
   * The body, to be iterated once. A bounded number of bytes is asked for ahead of who iterates. Ends when nothing more
   * will come, whatever the reason: whether that was all of it is for `result` to tell. Leaving the loop cancels.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Nobody wants the rest: the action is told to stop, and what it still sends is dropped. Idempotent. */
  cancel(): void;
}
