import type { IncomingMessage } from "node:http";
import type { Ids } from "@meringue/core";

/** Ids that begin so belong to the system's own work: callers may not take them. */
const SYSTEM_PREFIX = "sid_";

/** The caller's `X-Request-ID` if it may have that one, else a fresh id. */
export function transactionIdOf(request: IncomingMessage, ids: Ids): string {
  const given = request.headers["x-request-id"];
  if (typeof given === "string" && given !== "" && !given.startsWith(SYSTEM_PREFIX)) return given;
  return ids.transactionId();
}
