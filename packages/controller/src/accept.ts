const JSON_TYPE = "application/json";

/**
 * Whether an `Accept` header lets `application/json` through. None at all accepts everything; what cannot be read
 * counts as not there.
 */
export function acceptsJson(accept: string | undefined): boolean {
  return accept === JSON_TYPE || acceptsType(accept, JSON_TYPE);
}

/** The same for any type. @param type in lower case, without parameters. */
export function acceptsType(accept: string | undefined, type: string): boolean {
  if (accept === undefined || accept === "" || accept === "*/*") return true;
  // Ranges that match the type, the more specific later.
  const ranges = ["*/*", `${type.slice(0, type.indexOf("/"))}/*`, type];
  let precedence = 0;
  let accepted = false;
  let readable = false;
  for (const part of accept.split(",")) {
    const [range = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    if (!/^[^\s/]+\/[^\s/]+$/.test(range)) continue;
    readable = true;
    const rank = ranges.indexOf(range) + 1;
    if (rank === 0 || rank < precedence) continue;
    const allowed = quality(parameters) > 0;
    // Of two ranges of the same precedence the kinder one counts.
    accepted = rank > precedence ? allowed : accepted || allowed;
    precedence = rank;
  }
  return accepted || !readable;
}

/**
 * Whether an `Accept` header asks for server-sent events: it names them, and does not name JSON. What lets everything
 * through does not ask for them.
 */
export function asksForEvents(accept: string | undefined): boolean {
  return accept !== undefined && names(accept, "text/event-stream") && !names(accept, JSON_TYPE);
}

function names(accept: string, type: string): boolean {
  return accept.split(",").some((part) => {
    const [range = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    return range === type && quality(parameters) > 0;
  });
}

function quality(parameters: readonly string[]): number {
  const q = parameters.find((parameter) => parameter.startsWith("q="));
  if (q === undefined) return 1;
  const value = Number(q.slice(2));
  return Number.isNaN(value) ? 1 : value;
}
