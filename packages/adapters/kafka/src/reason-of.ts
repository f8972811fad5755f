/** What is at the bottom of the library's errors, which say what failed and hold why. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [first] = error instanceof AggregateError ? error.errors : [error.cause];
  return first instanceof Error ? reasonOf(first) : error.message;
}
