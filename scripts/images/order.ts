import type { ImageRecipe } from "./list.ts";

/**
 * The wanted images and those that they are built on, in the list's order, in which everything comes after what it waits
 * for.
 * @param names none for all
 * @param withBetween whether all means those of the versions between, too
 * @throws Error when there is no such image
 */
export function chooseImages(
  all: readonly ImageRecipe[],
  names: readonly string[],
  withBetween = false,
): readonly ImageRecipe[] {
  const unknown = names.filter((name) => !all.some((image) => image.name === name));
  if (unknown.length > 0) {
    throw new Error(`no such image: ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}`);
  }
  const usual = all.filter(({ between }) => withBetween || between !== true);
  const wanted = new Set(names.length === 0 ? usual.map(({ name }) => name) : names);
  for (const { name, from } of all.toReversed()) if (wanted.has(name) && from !== undefined) wanted.add(from);
  return all.filter(({ name }) => wanted.has(name));
}

/** One thing to be done, and the names of what must have been done before. */
export interface Task {
  readonly name: string;
  readonly after: readonly string[];
  run(): Promise<void>;
}

/**
 * Does things, several at a time, each as soon as what it waits for is done. Names that belong to no task are not waited for.
 * After a failure nothing more is begun.
 * @throws the first failure, once what had been begun has ended; Error when tasks wait for each other
 */
export async function runTasks(tasks: readonly Task[], atATime: number): Promise<void> {
  const names = new Set(tasks.map(({ name }) => name));
  const waiting = new Set(tasks);
  const done = new Set<string>();
  const running = new Map<Task, Promise<void>>();
  const failures: unknown[] = [];
  const isReady = ({ after }: Task): boolean => after.every((name) => done.has(name) || !names.has(name));
  while (waiting.size > 0 && failures.length === 0) {
    const next = running.size < atATime ? [...waiting].find(isReady) : undefined;
    if (next !== undefined) {
      waiting.delete(next);
      const ended = next.run().then(
        () => void done.add(next.name),
        (error: unknown) => void failures.push(error),
      );
      running.set(
        next,
        ended.finally(() => running.delete(next)),
      );
    } else if (running.size > 0) await Promise.race(running.values());
    else throw new Error(`waiting for each other: ${[...waiting].map(({ name }) => name).join(", ")}`);
  }
  await Promise.all(running.values());
  if (failures.length > 0) throw failures[0];
}
