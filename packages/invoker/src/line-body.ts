import type { Answer, AnswerLimits } from "./answer.ts";
import { answerLineReader } from "./answer-lines.ts";
import type { StreamReceiver } from "./stream-receiver.ts";

/** The content type of a response whose body is lines of the launcher protocol, the last of them the answer. */
export const LINES_TYPE = "application/vnd.meringue.answer-lines";

/** A response's body that is made of lines. */
export interface LineBody {
  /** @returns false for what has no place in it; it must not be called again then. */
  add(chunk: Buffer): boolean;
  readonly lengthBytes: number;
  /** Whether more has come than was asked for: who sends is to be made wait. */
  readonly full: boolean;
  /** The answer, once its line is complete. */
  readonly answer: Answer | undefined;
}

/** @param id of the activation: each line carries it. */
export function lineBody(id: string, limits: AnswerLimits, stream: StreamReceiver): LineBody {
  let lengthBytes = 0;
  let full = false;
  let answer: Answer | undefined;
  const lines = answerLineReader({
    limitsOf: (of) => (of === id && answer === undefined ? limits : undefined),
    answered(_, given) {
      answer = given;
    },
    streamed(of, status, json) {
      const creditBytes = of === id && answer === undefined ? stream.line(status, json) : undefined;
      full = creditBytes !== undefined && creditBytes <= 0;
      return creditBytes !== undefined;
    },
  });
  return {
    add(chunk) {
      lengthBytes += chunk.length;
      return lines.read(chunk);
    },
    get lengthBytes() {
      return lengthBytes;
    },
    get full() {
      return full;
    },
    get answer() {
      return answer;
    },
  };
}
