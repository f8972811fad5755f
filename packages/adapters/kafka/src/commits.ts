import type { Clock } from "@meringue/core";
import type { OffsetLedger } from "./offset-ledger.ts";
import { reasonOf } from "./reason-of.ts";

/** Tells the broker how far work is safe. */
export interface Commits {
  /** Where commits go from now on. */
  use(consumer: CommittingConsumer | undefined): void;
  /** Within a moment: what is settled in between goes along. */
  soon(): void;
  /** Now. @returns when it is done, or cannot be. */
  flush(): Promise<void>;
}

export interface CommittingConsumer {
  commit(options: {
    offsets: { topic: string; partition: number; offset: bigint; leaderEpoch: number }[];
  }): Promise<void>;
}

const SOON_MS = 50;
const RETRY_MS = 1_000;

/** One commit at a time; one that fails is tried again, since it only means that more comes twice. */
export function commits(deps: {
  readonly clock: Clock;
  readonly ledger: OffsetLedger;
  readonly topic: string;
  readonly report: (line: string) => void;
}): Commits {
  const { clock, ledger, topic, report } = deps;
  let consumer: CommittingConsumer | undefined;
  let running: Promise<void> | undefined;
  let waiting = false;
  let failing = false;

  async function commit(): Promise<void> {
    const offset = ledger.committable();
    if (consumer === undefined || offset === undefined) return;
    try {
      await consumer.commit({ offsets: [{ topic, partition: 0, offset, leaderEpoch: -1 }] });
      ledger.committed(offset);
      failing = false;
    } catch (error) {
      if (!failing) report(`Kafka: what was done of ${topic} cannot be noted for now: ${reasonOf(error)}`);
      failing = true;
    }
  }

  function later(ms: number): void {
    if (waiting) return;
    waiting = true;
    clock.after(ms, () => {
      waiting = false;
      running ??= commit().finally(() => {
        running = undefined;
        if (consumer !== undefined && ledger.committable() !== undefined) later(failing ? RETRY_MS : SOON_MS);
      });
    });
  }

  return {
    use(next) {
      consumer = next;
      if (next !== undefined && ledger.committable() !== undefined) later(SOON_MS);
    },
    soon() {
      if (running === undefined) later(SOON_MS);
    },
    async flush() {
      await running;
      await commit();
    },
  };
}
