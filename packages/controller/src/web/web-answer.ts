import type { HeaderList } from "../answer.ts";

/** What a web action's result becomes. */
export interface WebAnswer {
  readonly status: number;
  /** Headers that the action asked for. */
  readonly headers: HeaderList;
  /** Undefined for an answer without a body. */
  readonly entity: WebEntity | undefined;
}

/** What goes before a body that is still being made. */
export interface WebHead extends Omit<WebAnswer, "entity"> {
  /** Undefined where no body follows. */
  readonly contentType: string | undefined;
}

export interface WebEntity {
  readonly contentType: string;
  readonly body: string | Buffer;
}

/** A good answer of one type, without headers of its own. */
export function plainAnswer(contentType: string, body: string): WebAnswer {
  return { status: 200, headers: [], entity: { contentType, body } };
}
