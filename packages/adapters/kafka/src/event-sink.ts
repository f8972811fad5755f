import type { EventSink } from "@meringue/core";
import type { Connection } from "./connection.ts";
import { jsonBytes } from "./messages/read-json.ts";
import { encodeEvent } from "./messages/user-event.ts";
import { reasonOf } from "./reason-of.ts";

/** Events that may wait at a time: what comes on top is dropped. */
const MAX_WAITING = 10_000;

/** Events go to the topic `events`; those that Kafka does not take in time are lost, which is told once a while. */
export function eventSink({ writer, names, report }: Connection): EventSink {
  let waiting = 0;
  let losing = false;
  const lost = (reason: string): void => {
    if (!losing) report(`Kafka: events are lost for now: ${reason}`);
    losing = true;
  };
  return {
    publish(event) {
      if (waiting >= MAX_WAITING) return lost("too many wait");
      waiting++;
      writer.write(names.events, jsonBytes(encodeEvent(event))).then(
        () => {
          waiting--;
          losing = false;
        },
        (error: unknown) => {
          waiting--;
          lost(reasonOf(error));
        },
      );
    },
  };
}
