import { messages, ServiceUnavailable, TooManyRequests } from "@meringue/core";

/** One namespace may have so many times as many waiting as there is room for more. */
const TIMES_THE_REST = 4;
/** When to try again, in seconds: a queue moves as its activations end. */
const SOON_SECONDS = 1;

/** How full the queue is. */
export interface Queue {
  readonly waiting: number;
  waitingOf(namespace: string): number;
}

/**
 * Whether one more activation of a namespace may wait. However much one namespace asks for, there is room left for
 * others: alone it may fill four fifths; a second one four fifths of the rest, and so on.
 * @throws ServiceUnavailable when there is no room for anybody, TooManyRequests when this namespace has its part.
 */
export function checkQueue(queue: Queue, namespace: string, limit: number): void {
  const left = limit - queue.waiting;
  if (left <= 0) throw new ServiceUnavailable();
  const count = queue.waitingOf(namespace);
  if (count < TIMES_THE_REST * left) return;
  throw new TooManyRequests(messages.tooManyConcurrent(count, TIMES_THE_REST * left), SOON_SECONDS);
}
