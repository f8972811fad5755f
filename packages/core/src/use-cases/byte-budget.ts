import { ServiceUnavailable, TooManyRequests } from "../domain/errors.ts";
import { messages } from "../domain/messages.ts";
import type { Dispatcher } from "../ports/dispatcher.ts";

/** What clients can make this process keep in memory: bodies that come in, arguments of activations, answers. */
export interface ByteBudget {
  /** All that is held now, in bytes. */
  readonly heldBytes: number;
  /**
   * Takes bytes for a namespace.
   * @returns gives them back, once however often it is called.
   * @throws ServiceUnavailable when there are no more for anybody, TooManyRequests when this namespace has its part.
   */
  take(namespace: string, bytes: number): () => void;
  /** The same for what is there already, and can't be refused any more. */
  hold(namespace: string, bytes: number): () => void;
}

/** One namespace may hold so many times as much as is left for others. */
const TIMES_THE_REST = 4;
/** When to try again, in seconds. */
const SOON_SECONDS = 1;
/** Fewer bytes are not counted one by one: how many activations there may be is bounded too. */
export const LEAST_COUNTED_BYTES = 4 * 1024;

const NOTHING = (): void => {};

/**
 * A budget of so many bytes. However much one namespace asks for, there is some left for others: alone it may hold four
 * fifths, a second one four fifths of the rest, and so on. While nothing is held, anything may be taken.
 */
export function byteBudget(maxBytes: number): ByteBudget {
  const held = new Map<string, number>();
  let heldBytes = 0;

  const add = (namespace: string, bytes: number): void => {
    heldBytes += bytes;
    const now = (held.get(namespace) ?? 0) + bytes;
    if (now === 0) held.delete(namespace);
    else held.set(namespace, now);
  };
  const hold = (namespace: string, bytes: number): (() => void) => {
    if (bytes < LEAST_COUNTED_BYTES) return NOTHING;
    let kept = bytes;
    add(namespace, kept);
    return () => {
      if (kept > 0) add(namespace, -kept);
      kept = 0;
    };
  };

  return {
    get heldBytes() {
      return heldBytes;
    },
    hold,
    take(namespace, bytes) {
      if (bytes < LEAST_COUNTED_BYTES || heldBytes === 0) return hold(namespace, bytes);
      const left = maxBytes - heldBytes - bytes;
      if (left < 0) throw new ServiceUnavailable();
      const own = held.get(namespace) ?? 0;
      if (own > 0 && own + bytes > TIMES_THE_REST * left) {
        throw new TooManyRequests(messages.tooManyBytes(own, maxBytes), SOON_SECONDS);
      }
      return hold(namespace, bytes);
    },
  };
}

/** Wraps a dispatcher so that the arguments of what it is given count until the activation has ended. */
export function withinBudget(dispatcher: Dispatcher, budget: ByteBudget): Dispatcher {
  return {
    dispatch(message) {
      const { argsBytes = 0 } = message;
      if (argsBytes < LEAST_COUNTED_BYTES) return dispatcher.dispatch(message);
      return counted(dispatcher, budget, message, argsBytes);
    },
    prepare: (action, namespace) => dispatcher.prepare?.(action, namespace),
  };
}

async function counted(
  dispatcher: Dispatcher,
  budget: ByteBudget,
  message: Parameters<Dispatcher["dispatch"]>[0],
  bytes: number,
): ReturnType<Dispatcher["dispatch"]> {
  const giveBack = budget.take(message.user.namespace.name, bytes);
  try {
    const dispatched = await dispatcher.dispatch(message);
    const ended: Promise<unknown> = dispatched.ended ?? dispatched.result;
    void ended.then(giveBack);
    return dispatched;
  } catch (error) {
    giveBack();
    throw error;
  }
}
