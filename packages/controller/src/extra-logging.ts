import type { ApiRequest } from "./exchange.ts";

/** Whether the request asks, with `X-OW-EXTRA-LOGGING: on`, for records that the store levels would not keep. */
export function wantsExtraLogging({ headers }: ApiRequest): boolean | undefined {
  const value = headers["x-ow-extra-logging"];
  // undefined and not false: it would be written to the journal with every activation
  return (typeof value === "string" && value.toLowerCase() === "on") || undefined;
}
