import type { EventEmitter } from "node:events";
import { Consumer, consumerHeartbeatChannel } from "@platformatic/kafka";
import { isError } from "./broker-error.ts";
import type { Lease } from "./lease.ts";
import { clientOptions, completeSettings, type KafkaSettings } from "./settings.ts";
import { steadyAssigner } from "./steady-assigner.ts";

/** A member of a consumer group, by the library. */
export type GroupConsumer = Consumer<Buffer, Buffer, Buffer, Buffer>;

export interface MemberOptions {
  readonly settings: KafkaSettings;
  readonly topic: string;
  readonly group: string;
  readonly member: string;
  readonly held: Lease;
  /** It has the place, or (false) waits for it. */
  readonly onPlace: (has: boolean) => void;
  /** It is a member no more, and does not become one by itself. */
  readonly onBroken: (error: Error) => void;
  /** Another process has come under the same name: this one must not come back. */
  readonly onFenced: () => void;
}

const HEARTBEAT_MS = 3_000;

/** Makes a member that has not joined yet, and lets the lease follow what becomes of it. */
export function groupMember({
  settings,
  topic,
  group,
  member,
  held,
  onPlace,
  onBroken,
  onFenced,
}: MemberOptions): GroupConsumer {
  const { sessionTimeoutMs } = completeSettings(settings);
  const assigner = steadyAssigner(topic, group);
  const consumer: GroupConsumer = new Consumer<Buffer, Buffer, Buffer, Buffer>({
    ...clientOptions(settings),
    groupId: group,
    groupInstanceId: member,
    partitionAssigner: assigner.assign,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.min(HEARTBEAT_MS, Math.floor(sessionTimeoutMs / 5)),
    autocommit: false,
    retries: 2,
    retryDelay: 100,
  });
  consumer.on("consumer:heartbeat:start", held.asking);
  consumer.on("consumer:heartbeat:end", held.kept);
  consumer.on("consumer:heartbeat:stalled", () => onBroken(new Error("heartbeats are not answered")));
  // of joining again that failed; the library's types do not tell of it
  (consumer as EventEmitter).on("error", onBroken);
  const fenced = (message: unknown): void => {
    const { client, error } = message as { client?: unknown; error?: unknown };
    if (client !== consumer || !isError(error, "FENCED_INSTANCE_ID")) return;
    onFenced();
    // at once: what the library does next is to join again, which would throw the other process out
    consumer.leaveGroup(true, () => undefined); // it is out already
  };
  consumerHeartbeatChannel.error.subscribe(fenced);
  consumer.once("client:close", () => consumerHeartbeatChannel.error.unsubscribe(fenced));
  consumer.on("consumer:group:join", ({ memberId, assignments = [] }) => {
    const has = assignments.some((each) => each.topic === topic && each.partitions.includes(0));
    if (has) assigner.owned(memberId);
    held.placed(has);
    onPlace(has);
  });
  return consumer;
}

/** Where a partition begins, ends, and where the group is in it. */
export interface Extent {
  /** The offset to go on with: what was committed, or where the log begins. */
  readonly next: bigint;
  readonly end: bigint;
}

const EARLIEST = -2n;

/** @throws (rejects) with the library's error. */
export async function extentOf(consumer: GroupConsumer, topic: string, from: "earliest" | "latest"): Promise<Extent> {
  const [ends, commits] = await Promise.all([
    consumer.listOffsets({ topics: [topic] }),
    consumer.listCommittedOffsets({ topics: [{ topic, partitions: [0] }] }),
  ]);
  const end = ends.get(topic)?.[0] ?? 0n;
  const committed = commits.get(topic)?.[0] ?? -1n;
  if (committed >= 0n) return { next: committed, end };
  if (from === "latest") return { next: end, end };
  const begins = await consumer.listOffsets({ topics: [topic], timestamp: EARLIEST });
  return { next: begins.get(topic)?.[0] ?? 0n, end };
}
