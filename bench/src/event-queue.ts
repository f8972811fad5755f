/** Things that are due at a time, the soonest first: a binary heap. */
export interface EventQueue<T> {
  readonly size: number;
  push(dueMs: number, event: T): void;
  /** When the soonest is due; Infinity when there is none. */
  nextMs(): number;
  pop(): T | undefined;
}

export function eventQueue<T>(): EventQueue<T> {
  const heap: { readonly dueMs: number; readonly event: T }[] = [];
  const dueAt = (at: number): number => heap[at]?.dueMs ?? Number.POSITIVE_INFINITY;
  const swap = (one: number, other: number): void => {
    const [a, b] = [heap[one], heap[other]];
    if (a === undefined || b === undefined) return;
    heap[one] = b;
    heap[other] = a;
  };
  return {
    get size() {
      return heap.length;
    },
    push(dueMs, event) {
      heap.push({ dueMs, event });
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (dueAt(parent) <= dueAt(at)) break;
        swap(parent, at);
        at = parent;
      }
    },
    nextMs: () => dueAt(0),
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first?.event;
      heap[0] = last;
      for (let at = 0; ; ) {
        const child = dueAt(2 * at + 2) < dueAt(2 * at + 1) ? 2 * at + 2 : 2 * at + 1;
        if (dueAt(child) >= dueAt(at)) break;
        swap(at, child);
        at = child;
      }
      return first.event;
    },
  };
}
