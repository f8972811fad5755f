import type { Streamed } from "./target.ts";

/** Takes apart what comes before an answer. */
export interface StreamedLines {
  /** A line, without its id. @returns how many bytes its item has; undefined for the answer. @throws for what is neither */
  take(status: number, json: string): number | undefined;
  readonly items: number;
  result(): Streamed;
}

/** Nothing has come yet. */
export function streamedLines(): StreamedLines {
  let head: unknown;
  const items: (string | Buffer)[] = [];
  let reply: Streamed["reply"] | undefined;
  return {
    take(status, json) {
      if (reply !== undefined) throw new Error(`a line after the answer: ${status} ${json}`);
      const value: unknown = JSON.parse(json);
      if (status >= 200) {
        reply = { status, body: value };
        return undefined;
      }
      if (status === 100 && head === undefined && items.length === 0) {
        head = value;
        return 0;
      }
      if (head === undefined || typeof value !== "string")
        throw new Error(`a line that has no place: ${status} ${json}`);
      const item = status === 102 ? value : Buffer.from(value, "base64");
      const bytes = Buffer.byteLength(item);
      if (bytes === 0) throw new Error("an empty item");
      items.push(item);
      return bytes;
    },
    get items() {
      return items.length;
    },
    result: () => ({ head, items, reply: reply ?? { status: "gone", body: undefined } }),
  };
}
