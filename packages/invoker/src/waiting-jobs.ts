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
  /** Whether a job of this owner waits. */
  has(ownerKey: string): boolean;
  /** How many of a namespace wait. */
  ofNamespace(namespace: string): number;
  /** All queues, in no order. */
  queues(): readonly OwnerQueue[];
  clear(): void;
}

/** No jobs yet. */
export function waitingJobs(): WaitingJobs {
  const queues = new Map<string, { readonly cellKey: string; readonly jobs: Job[] }>();
  const namespaces = new Map<string, number>();
  let size = 0;

  const count = ({ owner: { namespace } }: Job, change: 1 | -1): void => {
    size += change;
    const now = (namespaces.get(namespace) ?? 0) + change;
    if (now === 0) namespaces.delete(namespace);
    else namespaces.set(namespace, now);
  };
  const takeFor = (ownerKey: string): Job | undefined => {
    const queue = queues.get(ownerKey);
    const job = queue?.jobs.shift();
    if (job !== undefined) count(job, -1);
    if (queue?.jobs.length === 0) queues.delete(ownerKey);
    return job;
  };

  return {
    get size() {
      return size;
    },
    add(job, where) {
      count(job, 1);
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
    has: (ownerKey) => queues.has(ownerKey),
    ofNamespace: (namespace) => namespaces.get(namespace) ?? 0,
    queues() {
      const all: OwnerQueue[] = [];
      for (const [ownerKey, queue] of queues) {
        const head = queue.jobs[0];
        if (head !== undefined) all.push({ ownerKey, ...queue, head });
      }
      return all;
    },
    clear() {
      queues.clear();
      namespaces.clear();
      size = 0;
    },
  };
}
