import type { InvokerHealth, InvokerOutcome } from "../domain/invoker-health.ts";
import type { InvokerId } from "./activation-bus.ts";

/** What an invoker tells of itself. */
export interface InvokerState extends InvokerId {
  /** True: it finishes what it has and takes nothing new. */
  readonly draining?: boolean;
  /** Memory in MB that no running activation holds: idle containers go when it is needed. */
  readonly freeMemoryMb?: number;
  /** Containers that idle, by {@link warmKey}: how many of each. At most {@link WARM_TOLD}, the newest. */
  readonly warm?: Readonly<Record<string, number>>;
  /** Unlike that of any earlier process under the same number. */
  readonly incarnation?: string;
}

/** How many sorts of idle containers an invoker tells of. */
export const WARM_TOLD = 500;

/** An invoker as a controller knows it. */
export interface InvokerInfo extends InvokerState {
  readonly health: InvokerHealth;
  /** Epoch milliseconds of its newest sign of life, by the clock of whoever heard it. */
  readonly heardAt: number;
}

/** Knows which invokers there are, and how each is. */
export interface InvokerRegistry {
  /**
   * Calls at once with what is known, and whenever that changes: by instance, ascending. Who was there once stays, as
   * `offline`, so that numbers stay what they are.
   * @param listener must not throw. @returns stops it.
   */
  watch(listener: (invokers: readonly InvokerInfo[]) => void): () => void;
  /** What an activation came to: whoever fails too often takes no more work until test activations succeed. */
  report(instance: number, outcome: InvokerOutcome): void;
  /** Stops watching. */
  close(): Promise<void>;
}

/** An invoker's own end of the registry. */
export interface InvokerAnnouncer {
  /**
   * Says that it lives, and how it is. It goes on saying so by itself until it leaves; a new call says something else.
   * @returns when the first word is out. @throws ServiceUnavailable when the registry could not be reached then: it is
   * tried again all the same. Conflict when another living process has the same number.
   */
  announce(state: InvokerState): Promise<void>;
  /**
   * Calls back when an operator asks this invoker to drain (true), or no more (false); where the registry carries no
   * such wishes, never. @returns stops it.
   */
  onDrainWish(listener: (drain: boolean) => void): () => void;
  /** Says goodbye: it is offline at once, and not only after its silence was noticed. Idempotent. */
  leave(): Promise<void>;
}

/** What operators do with invokers. */
export interface InvokerOperations {
  /** By instance, ascending. @throws ServiceUnavailable */
  list(): Promise<readonly InvokerInfo[]>;
  /** Asks an invoker to take nothing new, or to take work again. @throws NotFound when there is none of that number; ServiceUnavailable */
  drain(instance: number, drain: boolean): Promise<void>;
}

/**
 * The name under which idle containers are told of: 8 lower-case hexadecimal digits of whose and what they are.
 * @param namespace of whoever invokes. @param actionId `ns[/pkg]/name`. @param rev of the action.
 */
export function warmKey(namespace: string, actionId: string, rev: string): string {
  let hash = 0x811c9dc5; // FNV-1a over UTF-16 units
  const text = `${namespace} ${actionId} ${rev}`;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
