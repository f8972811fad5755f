import {
  type ActivationEvent,
  type ActivationFeed,
  type ActivationQuery,
  type Authenticator,
  type ChangeFeed,
  type Clock,
  endOf,
  type FindMissed,
  messages,
  pathFilter,
  TooManyRequests,
  touches,
  WhiskError,
} from "@meringue/core";
import { corsHeaders } from "../cors.ts";
import type { Logger } from "../dependencies.ts";
import type { Drain } from "../drain.ts";
import type { ApiReply, ApiRequest } from "../exchange.ts";
import { encodeEnded, encodeEvent, encodeGap, readEventId } from "./encode-event.ts";
import { type EventStream, eventStream } from "./event-stream.ts";

/** Tails of one namespace at a time. */
const MAX_TAILS = 10;
/** How often a tail that has nothing to say shows that it is there, in milliseconds. */
const KEEP_ALIVE_MS = 15_000;
/** How long a reader may take for what was sent when the server stops, in milliseconds. */
const LAST_EVENTS_MS = 1_000;

/** What tails are made of. */
export interface TailDependencies {
  readonly feed: ActivationFeed;
  readonly findMissed: FindMissed;
  /** Tell when the caller of a tail may have lost the right to it. */
  readonly changes: ChangeFeed;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly draining: Pick<Drain, "onClosing">;
}

/** Which activations are followed. */
export type TailQuery = Pick<ActivationQuery, "namespace" | "name">;

/** The answers that go on for as long as somebody reads: what activations print and come to, when they do. */
export interface ActivationTails {
  /**
   * Answers with what happens from now on, or, if the request says which event it has seen last, with the activations
   * that have ended since, first. The caller's right to the namespace has been checked; it is watched from now on.
   * @returns when nothing of the past is left to be sent
   * @throws TooManyRequests when the namespace has all the tails that it may have
   */
  open(request: ApiRequest, reply: ApiReply, query: TailQuery): Promise<void>;
}

/** Makes {@link ActivationTails}. */
export function activationTails(deps: TailDependencies): ActivationTails {
  const { feed, clock, draining } = deps;
  const counts = new Map<string, number>();
  /** One event is the same for all who hear it. */
  const known = new WeakMap<ActivationEvent, Buffer>();
  const encoded = (event: ActivationEvent): Buffer => {
    let bytes = known.get(event);
    if (bytes === undefined) known.set(event, (bytes = encodeEvent(event, clock.now())));
    return bytes;
  };
  const leave = (namespace: string): void => {
    const left = (counts.get(namespace) ?? 0) - 1;
    if (left === 0) counts.delete(namespace);
    else counts.set(namespace, left);
  };

  return {
    async open(request, reply, query) {
      const { namespace, name } = query;
      const { raw } = reply;
      if (raw.destroyed) return;
      const count = counts.get(namespace) ?? 0;
      if (count >= MAX_TAILS) throw new TooManyRequests(messages.tooManyTails(count, MAX_TAILS));
      counts.set(namespace, count + 1);
      const now = clock.now();
      writeHead(request, reply, now);
      const stream = eventStream(raw);
      const watch = watchCaller(deps, request, stream);
      const stops = [
        feed.subscribe(namespace, (event) => {
          if (isOf(event, name)) stream.send(event.kind === "log" ? "logs" : "activations", () => encoded(event));
        }),
        watch.stop,
        keptAlive(stream, clock),
        draining.onClosing(() => {
          stream.end();
          clock.after(LAST_EVENTS_MS, stream.cut);
        }),
        () => leave(namespace),
      ];
      reply.onGone(() => {
        for (const stop of stops) stop();
      });
      const last = readEventId(request.headers["last-event-id"]);
      if (last !== undefined) await sendMissed(deps, stream, watch, query, Math.min(last, now));
    },
  };
}

function writeHead(request: ApiRequest, { raw }: ApiReply, now: number): void {
  raw.writeHead(200, [
    "X-Request-ID",
    request.id,
    "Content-Type",
    "text/event-stream",
    "Cache-Control",
    "no-store",
    "X-Accel-Buffering",
    "no",
    ...corsHeaders(request.url),
  ]);
  // With an id to begin with, who is cut off before the first event knows where to go on.
  raw.write(`: from here on\nid: ${now}\n\n`);
}

/** Whether an event is of the name that is followed. */
function isOf(event: ActivationEvent, name: string | undefined): boolean {
  if (name === undefined) return true;
  return name === (event.kind === "log" ? event.path : pathFilter(event.activation));
}

/** @returns stops it */
function keptAlive(stream: EventStream, clock: Clock): () => void {
  const beat = (): void => {
    stream.keepAlive();
    cancel = clock.after(KEEP_ALIVE_MS, beat);
  };
  let cancel = clock.after(KEEP_ALIVE_MS, beat);
  return () => cancel();
}

/** Sends what has ended since a moment; what happens meanwhile comes after it. */
async function sendMissed(
  { findMissed }: TailDependencies,
  stream: EventStream,
  watch: CallerWatch,
  query: TailQuery,
  sinceMs: number,
): Promise<void> {
  stream.hold();
  const { activations, more } = await findMissed(query, sinceMs);
  const events = activations.map((activation) => encodeEnded(activation, endOf(activation)));
  if (more > 0) events.unshift(encodeGap({ logs: 0, activations: more }));
  for (const bytes of events) {
    while (watch.confirming !== undefined) await watch.confirming;
    await stream.sendInTurn(bytes);
  }
  stream.release();
}

/** Sees to it that nothing is sent to a caller whose key counts no more. */
interface CallerWatch {
  /** Set while it is not known whether the caller still is who they were. Resolves when it is, or the tail has ended. */
  readonly confirming: Promise<void> | undefined;
  stop(): void;
}

/**
 * From the moment that something has changed about the caller nothing is sent until they have been found anew. If they
 * are not, that is the end.
 */
function watchCaller(deps: TailDependencies, request: ApiRequest, stream: EventStream): CallerWatch {
  let confirming: Promise<void> | undefined;
  const findAgain = async (): Promise<void> => {
    const before = request.identity;
    await Promise.resolve(); // first all others hear of the change
    try {
      const found = await deps.authenticator.authenticate(request.headers.authorization, request.caller);
      if (found.namespace.name === before.namespace.name) return stream.release();
    } catch (error) {
      if (!(error instanceof WhiskError)) {
        deps.logger.error({ err: error, transid: request.id }, "a tail ends, since its caller cannot be found again");
      }
    }
    stream.cut();
  };
  return {
    get confirming() {
      return confirming;
    },
    stop: deps.changes.subscribe((change) => {
      if (!touches(change, request.identity)) return;
      stream.hold();
      const found = findAgain().then(() => {
        if (confirming === found) confirming = undefined;
      });
      confirming = found;
    }),
  };
}
