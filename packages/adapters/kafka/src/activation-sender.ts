import { type Acknowledgement, type ActivationSender, travelling } from "@meringue/core";
import type { Connection } from "./connection.ts";
import { decodeAcknowledgement } from "./messages/acknowledgement.ts";
import { encodeActivationMessage } from "./messages/activation-message.ts";
import { jsonBytes, parseObject } from "./messages/read-json.ts";

/** A controller's end: writes to `invokerN`, reads `completed<controller>`. */
export async function activationSender(connection: Connection, controller: string): Promise<ActivationSender> {
  const { writer, names, quarantined } = connection;
  const listeners = new Set<(acknowledgement: Acknowledgement) => void>();
  const topic = names.completed(controller);
  const follower = connection.follow({
    topic,
    group: topic.name,
    member: topic.name,
    from: "earliest",
    paused: true,
    take(record) {
      const settle = (): void => follower.settle(record.offset);
      let acknowledgement: Acknowledgement;
      try {
        acknowledgement = decodeAcknowledgement(parseObject(record.value));
      } catch (error) {
        void quarantined.keep(topic, record, error).then(settle);
        return;
      }
      for (const listener of listeners) listener(acknowledgement);
      settle();
    },
  });
  await follower.joined;
  return {
    controller,
    async send(invoker, message, options) {
      const json = encodeActivationMessage(travelling(message, controller, options));
      await writer.write(names.invoker(invoker), jsonBytes(json));
    },
    onAcknowledgement(listener) {
      listeners.add(listener);
      follower.resume();
      return () => listeners.delete(listener);
    },
    lag: follower.lag,
    async close() {
      await follower.close();
    },
  };
}
