import { cellKey } from "./cell.ts";
import type { Job } from "./job.ts";

/** The jobs of one owner that wait, oldest first. All of them need the same class of container. */
export interface OwnerQueue {
  readonly ownerKey: string;
  readonly cellKey: string;
  readonly jobs: readonly Job[];
  /** The oldest when the queue was asked for. */
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
  const queues = new Map<string, { readonly cellKey: string; readonly jobs: Job[] }>();
  let size = 0;

  const takeFor = (ownerKey: string): Job | undefined => {
    const queue = queues.get(ownerKey);
    const job = queue?.jobs.shift();
    if (job !== undefined) size--;
    if (queue?.jobs.length === 0) queues.delete(ownerKey);
    return job;
  };

  return {
    get size() {
      return size;
    },
    add(job, where) {
      size++;
      const queue = queues.get(job.owner.key);
      if (queue === undefined) queues.set(job.owner.key, { cellKey: cellKey(job.cell), jobs: [job] });
      else if (where === "back") queue.jobs.push(job);
      else queue.jobs.unshift(job);
    },
    takeFor,
    takeForCell(key) {
      let oldest: Job | undefined;
      for (const queue of queues.values()) {
        const head = queue.jobs[0];
        if (queue.cellKey !== key || head === undefined) continue;
        if (oldest === undefined || head.since < oldest.since) oldest = head;
      }
      return oldest === undefined ? undefined : takeFor(oldest.owner.key);
    },
    byAge() {
      const all: OwnerQueue[] = [];
      for (const [ownerKey, queue] of queues) {
        const head = queue.jobs[0];
        if (head !== undefined) all.push({ ownerKey, ...queue, head });
      }
      return all.sort((a, b) => a.head.since - b.head.since);
    },
    clear() {
      queues.clear();
      size = 0;
    },
  };
}
