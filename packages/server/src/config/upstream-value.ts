import { MIB, parseDuration, parseSize } from "@meringue/core";
import type { UpstreamValue } from "./setting.ts";

/** What upstream wrote, as our setting takes it. @returns undefined when it is nothing of that sort. */
export function fromUpstream(text: string, read: UpstreamValue | undefined): string | undefined {
  switch (read) {
    case undefined:
      return text;
    case "mebibytes":
      return whole(parseSize(text), MIB);
    case "milliseconds":
      return whole(parseDuration(text), 1);
    case "percent":
      return percent(text);
    case "switch":
      return { true: "on", on: "on", yes: "on", false: "off", off: "off", no: "off" }[text.toLowerCase()];
    case "cipher":
      return text === "noop" ? "off" : text;
  }
}

/** What is said of a text that {@link fromUpstream} cannot read. */
export const UPSTREAM_COMPLAINTS: Readonly<Record<UpstreamValue, string>> = {
  mebibytes: "must be a size such as 512 m",
  milliseconds: "must be a duration such as 10 minutes",
  percent: "must be a share such as 90%",
  switch: "must be true or false",
  cipher: "must be the name of a cipher",
};

function whole(value: number | undefined, unit: number): string | undefined {
  return value === undefined ? undefined : String(Math.floor(value / unit));
}

/** `90%`, or `0.9`. */
function percent(text: string): string | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text);
  if (match === null) return undefined;
  return String(Math.round(Number(match[1]) * (match[2] === "%" ? 1 : 100)));
}
