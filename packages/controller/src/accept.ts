/**
 * Whether an `Accept` header lets `application/json` through. None at all accepts everything; what cannot be read
 * counts as not there.
 */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === "" || accept === "*/*" || accept === "application/json") return true;
  let precedence = 0;
  let accepted = false;
  let readable = false;
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    if (!/^[^\s/]+\/[^\s/]+$/.test(type)) continue;
    readable = true;
    const rank = PRECEDENCE.indexOf(type) + 1;
    if (rank === 0 || rank < precedence) continue;
    const allowed = quality(parameters) > 0;
    // Of two ranges of the same precedence the kinder one counts.
    accepted = rank > precedence ? allowed : accepted || allowed;
    precedence = rank;
  }
  return accepted || !readable;
}

/** Ranges that match JSON, the more specific later. */
const PRECEDENCE = ["*/*", "application/*", "application/json"];

function quality(parameters: readonly string[]): number {
  const q = parameters.find((parameter) => parameter.startsWith("q="));
  if (q === undefined) return 1;
  const value = Number(q.slice(2));
  return Number.isNaN(value) ? 1 : value;
}
