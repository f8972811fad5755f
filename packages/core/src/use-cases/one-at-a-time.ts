/** Runs work for one key after another, in the order in which it came; work for different keys does not wait. */
export interface OneAtATime {
  /** @returns what `work` returns; a failure is its caller's alone. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** Makes {@link OneAtATime}. */
export function oneAtATime(): OneAtATime {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const next = (): ReturnType<typeof work> => work();
      const before = last.get(key);
      const done = before === undefined ? next() : before.then(next, next);
      last.set(key, done);
      const forget = (): void => {
        if (last.get(key) === done) last.delete(key);
      };
      done.then(forget, forget);
      return done;
    },
  };
}
