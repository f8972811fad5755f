import {
  type Acknowledgement,
  type ActivationReceiver,
  type ReceivedActivation,
  TooLarge,
  type TravellingActivation,
} from "@meringue/core";
import type { Connection } from "./connection.ts";
import { encodeAcknowledgement, shrunk } from "./messages/acknowledgement.ts";
import { decodeActivationMessage } from "./messages/activation-message.ts";
import { jsonBytes, parseObject } from "./messages/read-json.ts";
import { seenIds } from "./seen-ids.ts";
import type { FollowedRecord } from "./topic-follower.ts";

/** What others send so that a connection is warm: nothing is to be run. */
const WARM_UP = "whisk.system/warmUp";

/** An invoker's end: reads `invokerN`, writes to `completed<controller>`. */
export async function activationReceiver(
  connection: Connection,
  invoker: number,
  receiver: string | undefined,
): Promise<ActivationReceiver> {
  const { writer, names, quarantined, clock } = connection;
  const takers = new Set<(received: ReceivedActivation) => void>();
  const seen = seenIds();
  const topic = names.invoker(invoker);
  const follower = connection.follow({
    topic,
    group: topic.name,
    member: receiver ?? topic.name,
    from: "earliest",
    paused: true,
    take,
  });

  function take(record: FollowedRecord): void {
    const settle = (): void => follower.settle(record.offset);
    let activation: TravellingActivation;
    try {
      activation = decodeActivationMessage(parseObject(record.value));
    } catch (error) {
      void quarantined.keep(topic, record, error).then(settle);
      return;
    }
    if (activation.action.id === WARM_UP || !seen.add(activation.activationId)) return settle();
    const received = { activation, redelivered: record.old, sentAt: record.sentAt, held: follower.held, settle };
    for (const taker of takers) taker(received);
  }

  async function acknowledge(controller: string, acknowledgement: Acknowledgement): Promise<void> {
    const bytes = jsonBytes(encodeAcknowledgement(acknowledgement, clock.now()));
    try {
      await writer.write(names.completed(controller), bytes);
    } catch (error) {
      const smaller = error instanceof TooLarge ? shrunk(acknowledgement) : undefined;
      if (smaller === undefined) throw error;
      await acknowledge(controller, smaller);
    }
  }

  await follower.joined;
  return {
    invoker,
    onActivation(taker) {
      takers.add(taker);
      follower.resume();
      return () => {
        takers.delete(taker);
        if (takers.size === 0) follower.pause();
      };
    },
    pause: follower.pause,
    resume: follower.resume,
    lag: follower.lag,
    acknowledge,
    close: follower.close,
  };
}
