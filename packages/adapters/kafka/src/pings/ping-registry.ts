import { type Clock, type InvokerRegistry, invokerBook } from "@meringue/core";
import type { PingTopic } from "../ping-topic.ts";
import { stateOf } from "./ping-state.ts";

export interface PingRegistryOptions {
  readonly pings: PingTopic;
  /** Who asks, such as `controller0`: unlike any other that lives. */
  readonly follower: string;
  readonly clock: Clock;
  /** True: whoever pings takes work at once. False, as in the original and unless told: a test activation has to succeed first. */
  readonly trusted?: boolean;
}

/**
 * The invokers that ping, as the original's controllers see them: who is silent for ten seconds is offline, and who fails too
 * often takes no work until test activations succeed.
 * @returns once it follows. @throws what following throws
 */
export async function pingRegistry({
  pings,
  follower,
  clock,
  trusted = false,
}: PingRegistryOptions): Promise<InvokerRegistry> {
  const book = invokerBook({ clock, trusted });
  const stop = await pings.follow(follower, (ping) => {
    book.heard(stateOf(ping), ping.isEnabled);
  });
  return {
    watch: book.watch,
    report: book.report,
    async close() {
      book.close();
      await stop();
    },
  };
}
