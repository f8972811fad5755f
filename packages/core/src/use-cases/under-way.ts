/** Counts work under way, so that an end can wait for it. Cheaper than a set of promises. */
export interface UnderWay {
  enter(): void;
  leave(): void;
  /** Waits until nothing is under way. */
  empty(): Promise<void>;
}

export function underWay(): UnderWay {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    enter() {
      count++;
    },
    leave() {
      count--;
      if (count > 0) return;
      const due = waiting;
      waiting = [];
      for (const resolve of due) resolve();
    },
    async empty() {
      while (count > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
