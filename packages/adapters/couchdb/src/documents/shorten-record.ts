import type { Activation } from "@meringue/core";
import { encodeRecord } from "./activation-record.ts";

const NOTE = "Logs were cut here: the database takes no larger record.";

/**
 * The record with as many of its first log lines as fit, and a line that says so. A result that alone is too large is
 * replaced by an error.
 */
export function shortenRecord(record: Activation, maxBytes: number): Activation {
  const bare = { ...record, logs: [NOTE] };
  const room = maxBytes - bytesOf(bare);
  if (room < 0) {
    const result = { error: "The result was left out: the database takes no larger record." };
    return { ...bare, response: { ...record.response, result } };
  }
  const logs: string[] = [];
  let used = 0;
  for (const line of record.logs) {
    used += Buffer.byteLength(JSON.stringify(line)) + 1;
    if (used > room) break;
    logs.push(line);
  }
  return { ...record, logs: logs.length === record.logs.length ? logs : [...logs, NOTE] };
}

function bytesOf(record: Activation): number {
  return Buffer.byteLength(JSON.stringify(encodeRecord(record)));
}
