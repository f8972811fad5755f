import { randomFillSync } from "node:crypto";
import type { Ids } from "@meringue/core";

const POOL_BYTES = 16 * 1024; // one system call for about a thousand ids
const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TRANSACTION_ID_LENGTH = 32;

/** Ids from the system's random source, drawn in bulk. */
export function randomIds(): Ids {
  const pool = Buffer.allocUnsafe(POOL_BYTES);
  let used = POOL_BYTES;

  const take = (bytes: number): number => {
    if (used + bytes > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += bytes;
    return used - bytes;
  };

  return {
    activationId() {
      const at = take(16);
      pool[at + 6] = ((pool[at + 6] ?? 0) & 0x0f) | 0x40; // a version 4 UUID …
      pool[at + 8] = ((pool[at + 8] ?? 0) & 0x3f) | 0x80; // … of the usual variant
      return pool.toString("hex", at, at + 16);
    },
    transactionId() {
      let id = "";
      while (id.length < TRANSACTION_ID_LENGTH) {
        const letter = ALPHANUMERIC[(pool[take(1)] ?? 0) & 0x3f]; // 62 of 64 values: the other two are drawn again
        if (letter !== undefined) id += letter;
      }
      return id;
    },
  };
}
