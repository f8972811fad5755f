import type { AnswerLimits } from "./answer.ts";
import { growingBytes } from "./growing-bytes.ts";

/** Collects the bytes of a body, keeping no more of it than may be needed however long it gets. */
export interface BoundedBody {
  add(chunk: Buffer): void;
  readonly lengthBytes: number;
  /** Whether it got longer than allowed. */
  readonly tooLong: boolean;
  /** The whole text, or of one that is too long as much as may be kept. */
  text(): string;
}

/** An empty {@link BoundedBody}. */
export function boundedBody(limits: AnswerLimits): BoundedBody {
  const kept = growingBytes();
  let lengthBytes = 0;
  return {
    add(chunk) {
      lengthBytes += chunk.length;
      const room = limits.maxBytes - kept.length;
      if (room > 0) kept.append(chunk.length > room ? chunk.subarray(0, room) : chunk);
    },
    get lengthBytes() {
      return lengthBytes;
    },
    get tooLong() {
      return lengthBytes > limits.maxBytes;
    },
    text() {
      if (lengthBytes <= limits.maxBytes) return kept.view().toString("utf8");
      return wholeCharacters(kept.view().subarray(0, limits.truncationBytes)).toString("utf8");
    },
  };
}

/** Cuts a UTF-8 sequence that ends in the middle of a character. */
function wholeCharacters(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 3 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end--;
  const lead = bytes[end - 1] ?? 0;
  const wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return bytes.length - end + 1 >= wanted ? bytes : bytes.subarray(0, end - 1);
}
