import { TooManyRequests } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import type { SystemLimits } from "../domain/limits.ts";
import { messages } from "../domain/messages.ts";
import type { Clock } from "../ports/clock.ts";
import type { Dispatcher } from "../ports/dispatcher.ts";
import { type SlidingCount, slidingCount } from "./sliding-count.ts";

/**
 * Counts a call against what its namespace may do, before anybody asks what it may touch: also a call that is refused
 * afterwards, for whatever reason, has been counted. @throws TooManyRequests
 */
export type Admit = (identity: Identity) => void;

/** What keeps a namespace from taking more than its share. Counted in memory, by the namespace's uuid. */
export interface Throttles {
  /** A call that runs an action: per minute first, then at a time. */
  readonly admitInvocation: Admit;
  /** A call of a web action, counted as an invocation by its owner. */
  readonly admitWebCall: Admit;
  /** A call that fires a trigger: per minute only, and counted by itself. What its rules run counts as invocations. */
  readonly admitFire: Admit;
  /**
   * Wraps a dispatcher so that what it is given counts as in flight, from the moment it is handed over until its result
   * is there. So the runs of containers count, components of sequences too, but no sequence or composition as a whole.
   */
  counting(dispatcher: Dispatcher): Dispatcher;
  /** Activations of a namespace that are in flight. */
  inFlight(namespaceUuid: string): number;
  /** How many namespaces are remembered. */
  readonly size: number;
}

const MINUTE_MS = 60_000;
/** Of refused calls nothing but their number is told. */
const REFUSED_RESOLUTION_MS = 1_000;
/** When to try again where nobody can tell: activations end when they end. */
const SOON_SECONDS = 1;

/** Calls of one sort by one namespace in the last minute. */
interface Calls {
  readonly admitted: SlidingCount;
  /** Made when the first one is. */
  refused: SlidingCount | undefined;
}

/**
 * Makes {@link Throttles}.
 *
 * A window of a minute slides over the calls that were admitted, and is exact to the clock's millisecond: in no 60
 * seconds does a namespace get more than it may, and it is never refused while it has had less. The original's counter
 * starts anew with every minute of the clock, which lets twice as much through around that moment. Refused calls are
 * counted for what the refusal says, but do not themselves use up anything, since who keeps asking a little too often
 * would otherwise never be let in again.
 *
 * A namespace takes at most one slot of 12 bytes for each call of its last minute, and never more than 60 001 of them.
 * Who has been idle for two minutes is forgotten.
 */
export function throttles(limits: SystemLimits, clock: Clock): Throttles {
  const invocations = rates(clock);
  const fires = rates(clock);
  const running = new Map<string, number>();
  const inFlight = (uuid: string): number => running.get(uuid) ?? 0;

  const admitInvocation: Admit = ({ namespace: { uuid }, limits: own }) => {
    invocations.admit(uuid, own.invocationsPerMinute ?? limits.invocationsPerMinute);
    const allowed = own.concurrentInvocations ?? limits.concurrentInvocations;
    const count = inFlight(uuid);
    if (count >= allowed) throw new TooManyRequests(messages.tooManyConcurrent(count, allowed), SOON_SECONDS);
  };
  const leave = (uuid: string): void => {
    const left = inFlight(uuid) - 1;
    if (left === 0) running.delete(uuid);
    else running.set(uuid, left);
  };

  return {
    admitInvocation,
    admitWebCall: admitInvocation,
    admitFire({ namespace: { uuid }, limits: own }) {
      fires.admit(uuid, own.firesPerMinute ?? limits.firesPerMinute);
    },
    counting: (dispatcher) => ({
      async dispatch(message) {
        const { uuid } = message.user.namespace;
        running.set(uuid, inFlight(uuid) + 1);
        try {
          const dispatched = await dispatcher.dispatch(message);
          void (dispatched.ended ?? dispatched.result).then(() => leave(uuid));
          return dispatched;
        } catch (error) {
          leave(uuid);
          throw error;
        }
      },
      prepare: (action, namespace) => dispatcher.prepare?.(action, namespace),
    }),
    inFlight,
    get size() {
      return running.size + invocations.size() + fires.size();
    },
  };
}

/** Calls per minute of every namespace. */
function rates(clock: Clock): { admit(uuid: string, allowed: number): void; size(): number } {
  // Two generations: who was not there for a whole one goes with the older, without anybody looking for them.
  let recent = new Map<string, Calls>();
  let older = new Map<string, Calls>();
  let turnedMs = Number.NEGATIVE_INFINITY;

  const callsOf = (uuid: string, now: number): Calls => {
    if (now - turnedMs >= MINUTE_MS || now < turnedMs) {
      older = now - turnedMs >= 2 * MINUTE_MS ? new Map() : recent;
      recent = new Map();
      turnedMs = now;
    }
    let calls = recent.get(uuid);
    if (calls === undefined) {
      calls = older.get(uuid) ?? { admitted: slidingCount(MINUTE_MS), refused: undefined };
      older.delete(uuid);
      recent.set(uuid, calls);
    }
    return calls;
  };

  return {
    admit(uuid, allowed) {
      const now = clock.now();
      const calls = callsOf(uuid, now);
      const { admitted } = calls;
      const count = admitted.count(now);
      if (count < allowed) {
        admitted.add(now);
        return;
      }
      calls.refused ??= slidingCount(MINUTE_MS, REFUSED_RESOLUTION_MS);
      calls.refused.add(now);
      const text = messages.tooManyRequests(count + calls.refused.count(now), allowed);
      throw new TooManyRequests(text, Math.ceil(admitted.waitMs(now, allowed) / 1_000));
    },
    size: () => recent.size + older.size,
  };
}
