import { StringDecoder } from "node:string_decoder";
import { growingBytes } from "./growing-bytes.ts";

/** What a record keeps of a body that was streamed. */
export interface SentBody {
  /** @param text whether it was sent as text. */
  add(piece: Buffer, text: boolean): void;
  /** As `.http` has it: text, or base64 as soon as some of it was sent as bytes. */
  value(): string;
}

/** Keeps up to so many bytes of JSON text, escapes aside. */
export function sentBody(maxBytes: number): SentBody {
  const kept = growingBytes();
  let text = true;
  return {
    add(piece, asText) {
      if (!asText) text = false;
      const room = maxBytes - kept.length;
      if (room > 0) kept.append(piece.length > room ? piece.subarray(0, room) : piece);
    },
    value() {
      const bytes = kept.view();
      // of a character that was cut the decoder waits for the rest
      if (text) return new StringDecoder("utf8").write(bytes);
      return bytes.subarray(0, Math.floor(maxBytes / 4) * 3).toString("base64");
    },
  };
}
