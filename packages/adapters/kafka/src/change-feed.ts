import type { Change, ChangeFeed } from "@meringue/core";
import type { Connection } from "./connection.ts";
import { type Echoes, echoes } from "./echoes.ts";
import { decodeInvalidation, encodeInvalidation, type Invalidation } from "./messages/cache-invalidation.ts";
import { jsonBytes, parseObject } from "./messages/read-json.ts";
import { reasonOf } from "./reason-of.ts";
import { forgetWhileDeaf } from "./while-deaf.ts";

/** A change feed that others hear, too. */
export interface KafkaChangeFeed extends ChangeFeed {
  /** Says what was published, then leaves. */
  close(): Promise<void>;
}

/**
 * What is published here is heard here at once, and by the others as soon as Kafka has it. While Kafka is away what others
 * change goes unheard: then, and when it is back, everything counts as changed. What could not be told the others then is told
 * them as `everything`, as soon as it can be.
 */
export async function changeFeed(
  connection: Connection,
  local: ChangeFeed,
  instanceId: string,
): Promise<KafkaChangeFeed> {
  const { names, quarantined, clock } = connection;
  const topic = names.cacheInvalidation;
  const own = echoes(clock);
  const follower = connection.follow({
    topic,
    group: `${topic.name}${instanceId}`,
    member: `${topic.name}${instanceId}`,
    from: "latest",
    onReturn() {
      own.lost();
      local.publish({ kind: "everything" });
    },
    take(record) {
      const settle = (): void => follower.settle(record.offset);
      let invalidation: Invalidation;
      try {
        invalidation = decodeInvalidation(parseObject(record.value));
      } catch (error) {
        void quarantined.keep(topic, record, error).then(settle);
        return;
      }
      if (invalidation.instanceId === instanceId) own.over();
      else local.publish(invalidation.change);
      settle();
    },
  });
  const others = announcements(connection, instanceId, own);
  await follower.joined;
  const stop = forgetWhileDeaf(clock, follower.held, () => local.publish({ kind: "everything" }));
  return {
    publish(change) {
      local.publish(change);
      others.tell(change);
    },
    heard: own.settled,
    subscribe: local.subscribe,
    async close() {
      stop();
      await follower.close();
      await others.close();
    },
  };
}

const RETRY_MS = 1_000;

/** Tells the others. Of what could not be told only that there was something is remembered. */
function announcements({ writer, names, report, clock }: Connection, instanceId: string, own: Echoes) {
  const topic = names.cacheInvalidation;
  const underWay = new Set<Promise<void>>();
  let missed = false;
  let closed = false;

  function tell(change: Change): void {
    own.said();
    const telling = writer.write(topic, jsonBytes(encodeInvalidation({ change, instanceId }))).then(
      () => {
        if (change.kind === "everything") missed = false;
      },
      (error: unknown) => {
        own.over(); // nobody will hear it
        if (!missed) report(`Kafka: changes cannot be told to others for now: ${reasonOf(error)}`);
        const first = !missed || change.kind === "everything";
        missed = true;
        if (first && !closed) clock.after(RETRY_MS, () => tell({ kind: "everything" }));
      },
    );
    underWay.add(telling);
    void telling.finally(() => underWay.delete(telling));
  }

  return {
    tell,
    async close() {
      closed = true;
      await Promise.all(underWay);
    },
  };
}
