/** Things of which the first is wanted, again and again. */
export interface MinHeap<T> {
  readonly size: number;
  push(item: T): void;
  /** Takes the first; undefined when there is none. */
  pop(): T | undefined;
}

/** An empty heap. @param isBefore a strict order; among equals any may come first. What it looks at must not change while an item is in. */
export function minHeap<T>(isBefore: (a: T, b: T) => boolean): MinHeap<T> {
  const items: T[] = [];

  const rise = (item: T): void => {
    let at = items.length - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = items[above] as T;
      if (!isBefore(item, other)) break;
      items[at] = other;
      at = above;
    }
    items[at] = item;
  };
  const sink = (item: T): void => {
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && isBefore(items[below + 1] as T, items[below] as T)) below++;
      const other = items[below] as T;
      if (!isBefore(other, item)) break;
      items[at] = other;
      at = below;
    }
    items[at] = item;
  };

  return {
    get size() {
      return items.length;
    },
    push(item) {
      items.push(item);
      rise(item);
    },
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0) sink(last as T);
      return first;
    },
  };
}
