import { setTimeout as sleep } from "node:timers/promises";
import { encode } from "eventsource-encoder";

/** Says a text word by word, as a model does that writes while it thinks. Each word is an event with a number. */
async function* words(text, first, pauseMs) {
  const all = text.split(/\s+/);
  for (let at = first; at < all.length; at++) {
    yield encode({ id: String(at), event: "word", data: all[at] });
    await sleep(pauseMs);
  }
  yield encode({ event: "end", data: String(all.length) });
}

export function main({ text = "to be or not to be", pauseMs = 100, __ow_headers = {} }) {
  // Who lost the connection says which event was the last to arrive.
  const last = Number.parseInt(__ow_headers["last-event-id"] ?? "-1", 10);
  return {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
    body: words(text, last + 1, Math.min(Number(pauseMs), 1_000)),
  };
}
