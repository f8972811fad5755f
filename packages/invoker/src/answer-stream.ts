import { type AnswerStream, isJsonObject, type Json, type JsonObject, resultMessages } from "@meringue/core";
import type { ActionClient, Answer, AnswerLimits } from "./answer.ts";
import { pacedBytes } from "./paced-bytes.ts";
import { sentBody } from "./sent-body.ts";
import { LINE, type StreamPace, type StreamReceiver } from "./stream-receiver.ts";

/** One activation's answer, should it be streamed. */
export interface StreamedAnswer {
  /** The stream once its head is there, or undefined once it is clear that there will be none. */
  readonly stream: Promise<AnswerStream | undefined>;
  /** Calls `client.run`. @returns the answer; of a stream that was sent whole, what its record is to show. */
  run(client: ActionClient, id: string, body: string, timeoutMs: number, limits: AnswerLimits): Promise<Answer>;
  /** The activation has ended. */
  close(): void;
}

/** @param maxBytes that may be streamed in all; undefined for as many as the action likes. */
export function streamedAnswer(maxBytes: number | undefined): StreamedAnswer {
  const { promise, resolve } = Promise.withResolvers<AnswerStream | undefined>();
  return {
    stream: promise,
    async run(client, id, body, timeoutMs, limits) {
      const incoming = incomingStream(maxBytes ?? Number.POSITIVE_INFINITY, limits.truncationBytes, resolve);
      return incoming.end(await client.run(id, body, timeoutMs, limits, incoming));
    },
    close: () => resolve(undefined),
  };
}

interface IncomingStream extends StreamReceiver {
  /** The answer has come, or never will. @returns what the run amounts to. */
  end(answer: Answer): Answer;
}

/** @param begun is called once there is a head. */
function incomingStream(maxBytes: number, keptBytes: number, begun: (stream: AnswerStream) => void): IncomingStream {
  let pace: StreamPace | undefined;
  let head: JsonObject | undefined;
  let sentBytes = 0;
  let kept = sentBody(keptBytes);
  const bytes = pacedBytes(() => pace);

  const cancel = (): void => {
    if (!bytes.asked) [kept, sentBytes] = [sentBody(keptBytes), 0]; // over HTTP the first items come unasked
    bytes.cancel();
  };
  const takeHead = (json: string): boolean => {
    const value = head === undefined ? parse(json) : undefined;
    if (!isJsonObject(value)) return false;
    head = value;
    begun({ head, chunks: bytes.chunks, cancel });
    return true;
  };
  const takePiece = (piece: Buffer | undefined, text: boolean): boolean => {
    // an empty one would be free, however many there are
    if (head === undefined || piece === undefined || piece.length === 0) return false;
    const wanted = !bytes.cancelled && sentBytes <= maxBytes;
    if (wanted) sentBytes += piece.length;
    const fits = wanted && sentBytes <= maxBytes;
    bytes.push(piece, fits);
    if (fits) kept.add(piece, text);
    else if (wanted) bytes.halt();
    return true;
  };

  return {
    open: (given) => {
      pace = given;
    },
    line(status, json) {
      const isItem = status === LINE.text || status === LINE.bytes;
      const text = status === LINE.text;
      const fits = isItem
        ? takePiece(text ? textOf(json) : bytesOf(json), text)
        : status === LINE.head && takeHead(json);
      return fits ? bytes.creditBytes : undefined;
    },
    end(answer) {
      if (answer.kind === "timed-out") bytes.halt(); // others may run on beside it
      bytes.end();
      if (head === undefined) return answer;
      if (sentBytes <= maxBytes) return shown(answer, { ...head, body: kept.value() }, sentBytes);
      return answered({ error: resultMessages.streamTooLong(maxBytes) }, sentBytes);
    },
  };
}

/** What a run amounts to that has streamed something. @param sent what was sent, should that be all. */
function shown(answer: Answer, sent: JsonObject, sentBytes: number): Answer {
  // Nothing of it can be done a second time, whatever it says.
  if (answer.kind === "refused" || (answer.kind === "answered" && answer.status === 503)) return { kind: "lost" };
  return answer.kind === "answered" && answer.status === 200 && answer.body === "{}"
    ? answered(sent, sentBytes)
    : answer;
}

function answered(result: JsonObject, sizeBytes: number): Answer {
  return { kind: "answered", status: 200, body: JSON.stringify(result), sizeBytes };
}

function parse(json: string): Json | undefined {
  try {
    return JSON.parse(json) as Json;
  } catch {
    return undefined; // the protocol is broken, which the caller tells
  }
}

function textOf(json: string): Buffer | undefined {
  const value = parse(json);
  return typeof value === "string" ? Buffer.from(value) : undefined;
}

/** Of a text that is base64 to the letter. */
function bytesOf(json: string): Buffer | undefined {
  if (!/^"[A-Za-z0-9+/]+={0,2}"$/.test(json) || json.length % 4 !== 2) return undefined;
  return Buffer.from(json.slice(1, -1), "base64");
}
