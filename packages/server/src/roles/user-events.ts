import { type Activation, type Clock, type EventSink, endedRun, type Identity } from "@meringue/core";

/** Tells of an activation that has ended, on behalf of whoever invoked it. */
export type TellEnded = (record: Activation, user: Identity) => void;

/** @param source such as `invoker0`. */
export function activationEvents(sink: EventSink, source: string, clock: Pick<Clock, "now">): TellEnded {
  return (record, { subject, namespace }) => {
    const run = endedRun(record);
    if (run === undefined) return;
    sink.publish({
      source,
      eventType: "Activation",
      run,
      subject,
      namespace: namespace.name,
      userId: namespace.uuid,
      timestamp: clock.now(),
    });
  };
}
