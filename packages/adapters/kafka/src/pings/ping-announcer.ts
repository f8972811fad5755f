import type { Clock, InvokerAnnouncer, InvokerState } from "@meringue/core";
import type { PingTopic } from "../ping-topic.ts";
import { pingOf } from "./ping-state.ts";

export interface PingAnnouncerOptions {
  readonly pings: PingTopic;
  readonly clock: Clock;
  readonly warn: (text: string, error: unknown) => void;
}

const EVERY_MS = 1_000;

/**
 * An invoker's end of the topic `health`: says every second what was announced last. The topic carries no wishes of
 * operators, and tells no processes of one number apart: the lease on the invoker's own topic does.
 */
export function pingAnnouncer({ pings, clock, warn }: PingAnnouncerOptions): InvokerAnnouncer {
  let state: InvokerState | undefined;
  let cancel = (): void => undefined;
  let isSilent = false;

  const say = async (now: InvokerState): Promise<void> => {
    cancel();
    cancel = clock.after(EVERY_MS, sayAgain);
    await pings.send(pingOf(now));
    isSilent = false;
  };
  const sayAgain = (): void => {
    if (state === undefined) return;
    say(state).catch((error: unknown) => {
      if (!isSilent) warn("cannot ping, will go on trying", error);
      isSilent = true;
    });
  };

  return {
    async announce(next) {
      state = next;
      await say(next);
    },
    onDrainWish: () => () => undefined,
    async leave() {
      const last = state;
      state = undefined;
      cancel();
      if (last !== undefined) await pings.send(pingOf(last, true));
    },
  };
}
