import { cellKey } from "./cell.ts";
import type { Job } from "./job.ts";

/** The jobs of one owner that wait, oldest first; never empty. */
export interface OwnerQueue {
  readonly ownerKey: string;
  readonly jobs: readonly Job[];
  readonly head: Job;
}

/** Jobs that wait for a container, in a queue for each owner. */
export interface WaitingJobs {
  readonly size: number;
  add(job: Job, where: "back" | "front"): void;
  /** Takes the oldest job of an owner. */
  takeFor(ownerKey: string): Job | undefined;
  /** Takes the oldest job that any container of a class could serve. */
  takeForCell(key: string): Job | undefined;
  /** All queues, the one whose head has waited longest first. */
  byAge(): readonly OwnerQueue[];
  clear(): void;
}

/** No jobs yet. */
export function waitingJobs(): WaitingJobs {
  const queues = new Map<string, Job[]>();
  let size = 0;

  const takeFor = (ownerKey: string): Job | undefined => {
    const queue = queues.get(ownerKey);
    const job = queue?.shift();
    if (job !== undefined) size--;
    if (queue?.length === 0) queues.delete(ownerKey);
    return job;
  };

  const byAge = (): OwnerQueue[] => {
    const all: OwnerQueue[] = [];
    for (const [ownerKey, jobs] of queues) {
      const head = jobs[0];
      if (head !== undefined) all.push({ ownerKey, jobs, head });
    }
    return all.sort((a, b) => a.head.since - b.head.since);
  };

  return {
    get size() {
      return size;
    },
    add(job, where) {
      size++;
      const queue = queues.get(job.owner.key);
      if (queue === undefined) queues.set(job.owner.key, [job]);
      else if (where === "back") queue.push(job);
      else queue.unshift(job);
    },
    takeFor,
    takeForCell(key) {
      const oldest = byAge().find(({ head }) => cellKey(head.cell) === key);
      return oldest === undefined ? undefined : takeFor(oldest.ownerKey);
    },
    byAge,
    clear() {
      queues.clear();
      size = 0;
    },
  };
}
