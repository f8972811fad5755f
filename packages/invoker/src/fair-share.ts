import type { Holdings } from "./holdings.ts";
import { type MinHeap, minHeap } from "./min-heap.ts";
import type { PooledContainer } from "./pooled-container.ts";
import type { OwnerQueue } from "./waiting-jobs.ts";

/** In this time, in milliseconds, who holds nothing comes to be ahead of others by all the memory that there is. */
export const TURN_MS = 2_000;

/** What shares are worked out from. */
export interface Shares {
  readonly held: Holdings;
  /** Memory that is kept free for an owner, in mebibytes; 0 for all others. */
  earmarkedMb(ownerKey: string): number;
  /** When an owner that waits last had to give a container up, epoch milliseconds; 0 if it had none since it waits. */
  servedAt(ownerKey: string): number;
  /** Memory of the whole pool, in mebibytes. */
  readonly memoryMb: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * What somebody would hold with what he wants, in mebibytes: who claims less is served first. Who holds nothing claims
 * the less the longer he waits, so that also one who wants much comes to his turn; until then he stops nobody.
 */
function claim(heldMb: number, needMb: number, since: number, { memoryMb, now }: Shares): number {
  return heldMb > 0 ? heldMb + needMb : needMb - (memoryMb * (now - since)) / TURN_MS;
}

/** Since when he waits for his turn: who has just had one is no older than that, whatever waits in his queue. */
function waitsSince({ ownerKey, head }: OwnerQueue, shares: Shares): number {
  return Math.max(head.since, shares.servedAt(ownerKey));
}

function ownerClaim(queue: OwnerQueue, shares: Shares): number {
  const { ownerKey, head } = queue;
  return claim(shares.held.ofOwner(ownerKey), head.cell.memoryMb, waitsSince(queue, shares), shares);
}

/** What his namespace would hold with what he wants. */
function namespaceClaim(queue: OwnerQueue, shares: Shares): number {
  const { owner, cell } = queue.head;
  return claim(shares.held.ofNamespace(owner.namespace), cell.memoryMb, waitsSince(queue, shares), shares);
}

/** Turns of those who wait. */
export interface FairTurns {
  /** Whose turn it is. He has no further one unless he `took` something. */
  next(): OwnerQueue | undefined;
  /** Whose turn it was took so much, in mebibytes, and may want more. */
  took(memoryMb: number): void;
  /** Nobody else of his namespace has a turn any more. */
  passNamespace(): void;
}

interface Ranked<T> {
  readonly of: T;
  readonly claimMb: number;
  readonly since: number;
}

const isBefore = (a: Ranked<unknown>, b: Ranked<unknown>): boolean =>
  a.claimMb < b.claimMb || (a.claimMb === b.claimMb && a.since < b.since);

/** The owners of one namespace. */
type Contender = MinHeap<Ranked<OwnerQueue>>;

/**
 * Lets namespaces take turns, and the owners of each among themselves: always the one who has least. So memory and starts
 * are shared evenly among those who want more than there is, however many calls, or actions, one of them waits with.
 */
export function fairTurns(queues: readonly OwnerQueue[], shares: Shares): FairTurns {
  /** Each namespace with the first of its owners. */
  const namespaces = minHeap<Ranked<{ readonly contender: Contender; readonly first: OwnerQueue }>>(isBefore);
  const rank = (queue: OwnerQueue): Ranked<OwnerQueue> => ({
    of: queue,
    claimMb: ownerClaim(queue, shares),
    since: waitsSince(queue, shares),
  });
  const enter = (contender: Contender): void => {
    const first = contender.pop()?.of;
    if (first === undefined) return;
    namespaces.push({
      of: { contender, first },
      claimMb: namespaceClaim(first, shares),
      since: waitsSince(first, shares),
    });
  };
  for (const own of Map.groupBy(queues, ({ head }) => head.owner.namespace).values()) {
    const contender: Contender = minHeap<Ranked<OwnerQueue>>(isBefore);
    for (const queue of own) contender.push(rank(queue));
    enter(contender);
  }

  let current: Contender | undefined;
  let queue: OwnerQueue | undefined;
  return {
    next() {
      if (current !== undefined) enter(current);
      const turn = namespaces.pop()?.of;
      current = turn?.contender;
      queue = turn?.first;
      return queue;
    },
    took(memoryMb) {
      if (queue === undefined) return;
      shares.held.add(queue.head.owner, memoryMb);
      current?.push(rank(queue));
    },
    passNamespace() {
      current = undefined;
    },
  };
}

/**
 * For whom a container whose activation has ended should go, of those that lack memory: the one that claims least, if
 * that is no more than what its owner's namespace has without it (between owners of one namespace: than what its owner
 * has). So nothing goes to and fro between two. Who has what he wants kept free for him already is not asked.
 */
export function whoseTurn(
  pooled: Pick<PooledContainer, "owner" | "cell">,
  lacking: readonly OwnerQueue[],
  shares: Shares,
): OwnerQueue | undefined {
  const { owner, cell } = pooled;
  if (owner === undefined) return undefined;
  const namespaceLeftMb = shares.held.ofNamespace(owner.namespace) - cell.memoryMb;
  const ownerLeftMb = shares.held.ofOwner(owner.key) - cell.memoryMb;
  let best: Ranked<Ranked<OwnerQueue>> | undefined;
  for (const queue of lacking) {
    const { ownerKey, head } = queue;
    if (queue.jobs.length === 0 || ownerKey === owner.key) continue; // it may have been served since it was lacking
    if (shares.earmarkedMb(ownerKey) >= head.cell.memoryMb) continue;
    const since = waitsSince(queue, shares);
    const own = { of: queue, claimMb: ownerClaim(queue, shares), since };
    const within = head.owner.namespace === owner.namespace;
    const claimMb = namespaceClaim(queue, shares);
    if (within ? own.claimMb > ownerLeftMb : claimMb > namespaceLeftMb) continue;
    // Who wants more than one container's memory would never have it if his namespace gave each to somebody else.
    const collects = within && head.cell.memoryMb > cell.memoryMb && own.claimMb <= 0;
    const rank = { of: own, claimMb: collects ? Math.min(own.claimMb, claimMb) : claimMb, since };
    const isFirst = best === undefined || isBefore(rank, best) || (!isBefore(best, rank) && isBefore(own, best.of));
    if (isFirst) best = rank;
  }
  return best?.of.of;
}
