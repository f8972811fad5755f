import type { Activation } from "../domain/activation.ts";
import type { Identity } from "../domain/identity.ts";
import type { Json } from "../domain/json.ts";
import type { ActivationMessage } from "./dispatcher.ts";

/** An activation as it travels from a controller to an invoker: its action is named, not carried. */
export interface TravellingActivation {
  /** 32 lower-case hexadecimal digits. */
  readonly activationId: string;
  readonly transid: string;
  /** Epoch milliseconds at which the request was received: `waitTime` counts from here. */
  readonly received: number;
  readonly action: TravellingAction;
  readonly user: Identity;
  /** The controller that waits for the acknowledgement: `0` of `completed0`. */
  readonly controller: string;
  readonly blocking: boolean;
  /** Merged arguments; undefined when the sender gave none, which means the action's own parameters were empty. */
  readonly args: Json | undefined;
  readonly initArgs: readonly string[];
  readonly lockedArgs: Readonly<Record<string, string>>;
  readonly cause?: string;
  /** Of distributed tracing: handed on as it came. */
  readonly traceContext?: Readonly<Record<string, string>>;
  readonly extraLogging?: true;
  /** The answer is wanted while it is made, by whoever {@link SendOptions.streamTo} names. */
  readonly streamTo?: string;
}

/** Which action, at which revision. */
export interface TravellingAction {
  /** `ns/name` or `ns/pkg/name`: the provider's path. */
  readonly id: string;
  /** Undefined when the sender left it out. */
  readonly version: string | undefined;
  /** Undefined: whichever is stored now, read from the store and from no cache. */
  readonly rev: string | undefined;
  /** `ns/boundPkg` when it is reached through a binding. */
  readonly binding?: string;
}

/** Which invoker, and how large. */
export interface InvokerId {
  readonly instance: number;
  /** What it runs in, such as a host or a pod: keeps its number over restarts. */
  readonly uniqueName?: string;
  /** For people. */
  readonly displayedName?: string;
  /** Memory that its containers may take together, in MB. */
  readonly userMemoryMb: number;
  readonly busyMemoryMb?: number;
  readonly tags?: readonly string[];
  readonly dedicatedNamespaces?: readonly string[];
}

/**
 * What an invoker says of an activation that it was sent.
 * `result`: it has run, and its slot is still held (logs are collected). `completion`: the slot is free. `combined`: both.
 */
export type Acknowledgement = ResultAcknowledgement | CompletionAcknowledgement | CombinedAcknowledgement;

interface AcknowledgementBase {
  readonly activationId: string;
  readonly transid: string;
}

export interface ResultAcknowledgement extends AcknowledgementBase {
  readonly kind: "result";
  /** Undefined when it was too large to travel, or nobody waits for it: the record is in the store, or will be. */
  readonly activation: Activation | undefined;
}

export interface CompletionAcknowledgement extends AcknowledgementBase {
  readonly kind: "completion";
  /** True when the activation ended as a whisk internal error: the invoker, not the action, is to blame. */
  readonly isSystemError: boolean;
  /** Whose slot is free. */
  readonly invoker: InvokerId;
}

export interface CombinedAcknowledgement extends AcknowledgementBase {
  readonly kind: "combined";
  /** See {@link ResultAcknowledgement.activation}. */
  readonly activation: Activation | undefined;
  readonly isSystemError: boolean;
  readonly invoker: InvokerId;
}

export interface SendOptions {
  /** Where the invoker delivers a streamed answer: an address that the controller understands. */
  readonly streamTo?: string;
}

/** A controller's end of the bus. */
export interface ActivationSender {
  /** Who answers come back to. */
  readonly controller: string;
  /**
   * Sends an activation to an invoker.
   * @returns when the bus has it on all replicas in sync: it will be received, once at least.
   * @throws ServiceUnavailable when the bus did not say so in time. It may have it all the same: who sends it once more
   * uses the same activation id, which a receiver takes once. TooLarge when the bus refuses its size; then it has it not.
   */
  send(invoker: number, message: ActivationMessage, options?: SendOptions): Promise<void>;
  /**
   * Acknowledgements arrive in the order in which an invoker gave them, each at least once.
   * @param listener must not throw. @returns stops it.
   */
  onAcknowledgement(listener: (acknowledgement: Acknowledgement) => void): () => void;
  /** Acknowledgements that the bus holds and that were not heard yet; undefined when it cannot be told now. */
  lag(): number | undefined;
  /** Sends what was accepted, then leaves. */
  close(): Promise<void>;
}

/** An activation in an invoker's hands. */
export interface ReceivedActivation {
  readonly activation: TravellingActivation;
  /** True when an earlier receiver may have taken it before: whoever takes it looks whether it has a record, or is in the journal. */
  readonly redelivered: boolean;
  /** Epoch milliseconds at which the bus got it. */
  readonly sentAt: number;
  /**
   * False once another receiver may have it: the lease on the topic is over. What had not been handed to user code
   * then must not be.
   */
  held(): boolean;
  /**
   * The work that it stands for is safe: in the journal, or in a record. The bus may forget it. Idempotent. What was never
   * settled is delivered once more to whoever receives next.
   */
  settle(): void;
}

/** An invoker's end of the bus. Of two receivers of one invoker's activations only one gets them; the other waits for its lease. */
export interface ActivationReceiver {
  /** The number of the invoker whose activations these are: its own, or that of one that died and left some. */
  readonly invoker: number;
  /**
   * Starts taking. Each activation id is handed over once for as long as this receiver remembers it (the last 100,000).
   * @param take must not throw. @returns stops.
   */
  onActivation(take: (received: ReceivedActivation) => void): () => void;
  /** Takes no more until {@link resume}: what is on its way may still arrive, a bounded number. */
  pause(): void;
  resume(): void;
  /** Activations that the bus holds for this invoker and that were not settled; undefined when it cannot be told now. */
  lag(): number | undefined;
  /**
   * Tells a controller. A record that is too large for the bus goes as its id; see {@link ResultAcknowledgement.activation}.
   * @returns when the bus has it on all replicas in sync.
   * @throws ServiceUnavailable as {@link ActivationSender.send} does.
   */
  acknowledge(controller: string, acknowledgement: Acknowledgement): Promise<void>;
  /** Notes what was settled, then leaves: another may take over at once. */
  close(): Promise<void>;
}

/** The way from controllers to invokers and back. */
export interface ActivationBus {
  /**
   * @param controller the id of this controller: no two that live have the same.
   * @returns when acknowledgements are heard, from the first one that nobody heard on.
   */
  openSender(controller: string): Promise<ActivationSender>;
  /**
   * @param invoker whose activations. @param receiver who asks: unlike any other receiver of that invoker's, and the same
   * after a restart. The invoker itself by default: its next process takes over from a dead one at once, while another
   * has to wait until the lease is over.
   */
  openReceiver(invoker: number, receiver?: string): Promise<ActivationReceiver>;
}

/** The form in which `message` travels. */
export function travelling(
  message: ActivationMessage,
  controller: string,
  options: SendOptions = {},
): TravellingActivation {
  const { id, rev, action, binding } = message.action;
  return {
    activationId: message.activationId,
    transid: message.transid,
    received: message.received,
    action: {
      id,
      version: action.version,
      rev: rev === "" ? undefined : rev,
      ...(binding === undefined ? {} : { binding }),
    },
    user: message.user,
    controller,
    blocking: message.blocking,
    args: message.args,
    initArgs: message.initArgs,
    lockedArgs: message.lockedArgs ?? {},
    ...(message.cause === undefined ? {} : { cause: message.cause }),
    ...(message.extraLogging === true ? { extraLogging: true } : {}),
    ...(options.streamTo === undefined ? {} : { streamTo: options.streamTo }),
  };
}
