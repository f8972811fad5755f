import { type Clock, ServiceUnavailable } from "@meringue/core";
import type { Message, MessagesStream } from "@platformatic/kafka";
import { isUnknownTopic } from "./broker-error.ts";
import { commits } from "./commits.ts";
import { type Extent, extentOf, type GroupConsumer, groupMember } from "./group-member.ts";
import { lease } from "./lease.ts";
import { offsetLedger } from "./offset-ledger.ts";
import { reasonOf } from "./reason-of.ts";
import { completeSettings, type KafkaSettings } from "./settings.ts";
import type { Topic, TopicMaker } from "./topics.ts";

/** One message of a topic. */
export interface FollowedRecord {
  readonly offset: bigint;
  readonly value: Buffer | undefined;
  /** Epoch milliseconds, by the clock of whoever sent it. */
  readonly sentAt: number;
  /** True when it was there before this follower had its place: somebody may have taken it before. */
  readonly old: boolean;
}

/** Reads a topic as the one member of its group that does. */
export interface TopicFollower {
  /** When it was in the group for the first time. Rejects with ServiceUnavailable when it is closed before. */
  readonly joined: Promise<void>;
  /** The record's work is safe. */
  settle(offset: bigint): void;
  pause(): void;
  resume(): void;
  /** False once another may have its place. */
  held(): boolean;
  /** Messages that were not settled; undefined when it cannot be told now, or another has the place. */
  lag(): number | undefined;
  /** Commits what was settled, and leaves the group. */
  close(): Promise<void>;
}

export interface FollowOptions {
  readonly settings: KafkaSettings;
  readonly topics: TopicMaker;
  readonly topic: Topic;
  readonly group: string;
  /** The name of a place in the group: the next process of the same name takes over from a dead one at once. */
  readonly member: string;
  /** Where to begin when the group has committed nothing. */
  readonly from: "earliest" | "latest";
  /** Begin without taking anything, until `resume`. */
  readonly paused?: boolean;
  /** Must not throw. */
  readonly take: (record: FollowedRecord) => void;
  /** Called when the way to the broker, once lost, is there again. */
  readonly onReturn?: () => void;
  readonly report: (line: string) => void;
  readonly clock: Clock;
}

type GroupStream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
const LOOK_EVERY_MS = 5_000;
/** How long a broker holds an answer back that would be empty; upstream's. */
const FETCH_WAIT_MS = 500;
/** Bytes that one answer of a broker may have. */
const FETCH_BYTES = 8 * 1024 ** 2;

/** Follows until it is closed; a lost connection is made again, with pauses that grow. */
export function followTopic(options: FollowOptions): TopicFollower {
  const { settings, topic, clock, report } = options;
  const joined = Promise.withResolvers<void>();
  const ledger = offsetLedger();
  const held = lease(clock, completeSettings(settings).sessionTimeoutMs);
  const commit = commits({ clock, ledger, topic: topic.name, report });
  let stream: GroupStream | undefined;
  let paused = options.paused ?? false;
  let closed = false;
  let away = false;
  /** Ends what is waited for now. */
  let stop = (): void => undefined;
  let extent: Extent | undefined;
  /** What lies before it may have been taken by somebody else. */
  let oldBefore: bigint | undefined;

  function fenced(): void {
    report(`Kafka: another process has come as ${options.member}; this one takes nothing more from ${topic.name}.`);
    held.lost();
    closed = true;
    stop();
  }

  function arrived({ offset, value, timestamp }: Message<Buffer, Buffer, Buffer, Buffer>): void {
    if (extent !== undefined && offset >= extent.end) extent = { ...extent, end: offset + 1n };
    if (!ledger.arrived(offset)) return;
    options.take({ offset, value, sentAt: Number(timestamp), old: oldBefore === undefined || offset < oldBefore });
  }

  async function session(): Promise<void> {
    await options.topics.ensure(topic);
    const look = async (): Promise<void> => {
      extent = await extentOf(consumer, topic.name, options.from);
    };
    const over = Promise.withResolvers<void>();
    over.promise.catch(() => undefined); // told to whoever reads, if anybody does by then
    const consumer = groupMember({
      ...options,
      topic: topic.name,
      held,
      onBroken: over.reject,
      onPlace() {
        oldBefore = undefined;
        look().then(
          () => (oldBefore = extent?.end),
          () => undefined, // all counts as old until it can be told
        );
      },
      onFenced: fenced,
    });
    const looking = setInterval(() => void look().catch(() => (extent = undefined)), LOOK_EVERY_MS).unref();
    try {
      const began = await consumer.consume({
        topics: [topic.name],
        mode: "committed",
        fallbackMode: options.from,
        maxWaitTime: FETCH_WAIT_MS,
        maxBytes: FETCH_BYTES,
      });
      await look();
      oldBefore = extent?.end;
      await read(consumer, began, over);
    } finally {
      clearInterval(looking);
      commit.use(undefined);
      held.lost();
      stream = undefined;
      extent = undefined;
      // of a broker that is away nobody can take leave
      await consumer.close(true).catch(() => undefined);
    }
  }

  async function read(consumer: GroupConsumer, began: GroupStream, over: PromiseWithResolvers<void>): Promise<void> {
    stop = over.resolve;
    began.on("error", over.reject);
    began.on("close", () => over.reject(new Error("the stream has ended")));
    stream = began;
    commit.use(consumer);
    if (paused) began.pause();
    began.on("data", arrived);
    if (away) {
      away = false;
      report(`Kafka: ${topic.name} is followed again.`);
      options.onReturn?.();
    }
    joined.resolve();
    if (!closed) await over.promise;
    await commit.flush();
    await began.close();
  }

  async function follow(): Promise<void> {
    let pauseMs = 0;
    while (!closed) {
      try {
        await session();
      } catch (error) {
        if (closed) return;
        if (isUnknownTopic(error)) options.topics.forget();
        if (!away) report(`Kafka: ${topic.name} cannot be followed for now: ${reasonOf(error)}`);
        pauseMs = away ? Math.min(pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
        away = true;
        await new Promise<void>((resolve) => {
          stop = resolve;
          setTimeout(resolve, pauseMs); // and not the clock: a process that waits for Kafka must not end meanwhile
        });
      }
    }
  }

  const following = follow().then(() => joined.reject(new ServiceUnavailable()));
  joined.promise.catch(() => undefined); // told to whoever waits
  return {
    joined: joined.promise,
    settle(offset) {
      ledger.settle(offset);
      commit.soon();
    },
    pause() {
      paused = true;
      stream?.pause();
    },
    resume() {
      paused = false;
      stream?.resume();
    },
    held: held.isHeld,
    lag() {
      if (extent === undefined || !held.isHeld()) return undefined;
      return Number(extent.end - (ledger.settledUpTo ?? extent.next));
    },
    async close() {
      closed = true;
      stop();
      await following;
    },
  };
}
