/** Whether the broker's error, or one of those that it stands for, is of that name. */
export function isError(error: unknown, apiId: string): boolean {
  return someOf(error, (each) => each["apiId"] === apiId);
}

/** Whether the broker does not have the topic, or does not know of it yet. */
export function isUnknownTopic(error: unknown): boolean {
  return isError(error, "UNKNOWN_TOPIC_OR_PARTITION") || someOf(error, (each) => UNKNOWN.test(String(each["message"])));
}

/** Whether it is of no use to try again. */
export function isFinal(error: unknown): boolean {
  return someOf(error, (each) => each["canRetry"] === false);
}

/** The library's own words for it, which come without the broker's name. */
const UNKNOWN = /^Unknown topic /;

/** Looks through what the library's errors hold: causes, and lists of errors. */
function someOf(error: unknown, found: (each: Readonly<Record<string, unknown>>) => boolean): boolean {
  if (typeof error !== "object" || error === null) return false;
  const each = error as Readonly<Record<string, unknown>>;
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  return found(each) || someOf(cause, found) || (Array.isArray(errors) && errors.some((one) => someOf(one, found)));
}
