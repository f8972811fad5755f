import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

/** One server-sent event, as it came. */
export interface ReadEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  /** Its data as JSON; undefined where there is none. */
  readonly data: Record<string, unknown> | undefined;
}

/** Reads server-sent events, one after the other. */
export interface EventReader {
  readonly response: IncomingMessage;
  /** All that has come so far, comments and all. */
  text(): string;
  /** @returns the next event that has a name, and data. @throws Error when the answer ends before. */
  next(): Promise<ReadEvent>;
  /** Resolves when the answer has ended. @returns whether it ended as it should, and was not broken off. */
  ended(): Promise<boolean>;
  /** Reads nothing until told to go on. */
  pause(): void;
  resume(): void;
  /** Goes away. */
  close(): void;
}

/** Asks for events, and waits for the head of the answer. Whatever the status is, the body is read. */
export async function eventReader(url: string, headers: Readonly<Record<string, string>>): Promise<EventReader> {
  const outgoing = request(url, { agent: false, headers: { Accept: "text/event-stream", ...headers } }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  outgoing.on("error", () => undefined); // of a connection that is broken off `ended` tells
  response.on("error", () => undefined);
  response.setEncoding("utf8");
  let text = "";
  let rest = "";
  const events: ReadEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let over = false;
  const turn = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  response.on("data", (chunk: string) => {
    text += chunk;
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = readBlock(block);
      if (event.data !== undefined) events.push(event);
    }
    turn();
  });
  const closed = new Promise<boolean>((resolve) => {
    response.once("close", () => {
      over = true;
      turn();
      resolve(response.complete);
    });
  });
  return {
    response,
    text: () => text,
    async next() {
      for (;;) {
        const event = events.shift();
        if (event !== undefined) return event;
        if (over) throw new Error(`The events have ended:\n${text.slice(-2_000)}`);
        await wake.promise;
      }
    },
    ended: () => closed,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void response.destroy(),
  };
}

function readBlock(block: string): ReadEvent {
  const field = (name: string): string | undefined =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field("data");
  return {
    id: field("id"),
    event: field("event"),
    data: data === undefined ? undefined : (JSON.parse(data) as Record<string, unknown>),
  };
}
