import type { InvokerInfo } from "@meringue/core";

/** An invoker without containers: it only does the books of a pool. */
export interface SimulatedInvoker {
  readonly busyMb: number;
  /** One begins. Idle containers of others go for it, the longest idle first. @returns whether a container of its own idled */
  begin(key: string, memoryMb: number): boolean;
  /** One has ended: its container idles. */
  end(key: string, memoryMb: number): void;
  /** What it tells of itself. */
  tell(nowMs: number): InvokerInfo;
}

export function simulatedInvoker(instance: number, capacityMb: number): SimulatedInvoker {
  /** Those used last are last. */
  const idle = new Map<string, { count: number; readonly memoryMb: number }>();
  let busyMb = 0;
  let idleMb = 0;
  const drop = (key: string, of: { count: number; readonly memoryMb: number }): void => {
    idleMb -= of.memoryMb;
    if (--of.count === 0) idle.delete(key);
  };
  return {
    get busyMb() {
      return busyMb;
    },
    begin(key, memoryMb) {
      const own = idle.get(key);
      busyMb += memoryMb;
      if (own !== undefined) {
        drop(key, own);
        return true;
      }
      for (const [other, of] of idle) {
        while (busyMb + idleMb > capacityMb && idle.get(other) === of) drop(other, of);
        if (busyMb + idleMb <= capacityMb) break;
      }
      return false;
    },
    end(key, memoryMb) {
      busyMb -= memoryMb;
      if (busyMb + idleMb + memoryMb > capacityMb) return; // more ran than there is memory for: this one's goes
      const before = idle.get(key);
      idle.delete(key);
      idle.set(key, { count: (before?.count ?? 0) + 1, memoryMb });
      idleMb += memoryMb;
    },
    tell: (nowMs) => ({
      ...{ instance, userMemoryMb: capacityMb, health: "healthy", heardAt: nowMs },
      freeMemoryMb: Math.max(0, capacityMb - busyMb),
      warm: Object.fromEntries(Array.from(idle, ([key, { count }]) => [key, count])),
    }),
  };
}
