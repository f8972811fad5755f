import type { JsonObject, PlatformEvent } from "@meringue/core";
import {
  booleanOf,
  MalformedMessage,
  numberOf,
  objectAt,
  optionalNumberOf,
  optionalTextOf,
  textOf,
} from "./read-json.ts";

/** What goes to `events`, with upstream's members. */
export function encodeEvent(event: PlatformEvent): JsonObject {
  const { source, subject, namespace, userId, timestamp } = event;
  const about = { subject, namespace, userId, eventType: event.eventType, timestamp };
  if (event.eventType === "Metric") {
    return { source, body: { metricName: event.metricName, metricValue: event.metricValue }, ...about };
  }
  const { causedBy, size, userDefinedStatusCode } = event.run;
  const { name, activationId, statusCode, duration, waitTime, initTime, kind, conductor, memory } = event.run;
  return {
    source,
    body: {
      ...{ name, activationId, statusCode, duration, waitTime, initTime, kind, conductor, memory },
      ...(causedBy === undefined ? {} : { causedBy }),
      ...(size === undefined ? {} : { size }),
      ...(userDefinedStatusCode === undefined ? {} : { userDefinedStatusCode }),
    },
    ...about,
  };
}

/** @throws MalformedMessage */
export function decodeEvent(json: JsonObject): PlatformEvent {
  const about = {
    source: textOf(json, "source"),
    subject: textOf(json, "subject"),
    namespace: textOf(json, "namespace"),
    userId: textOf(json, "userId"),
    timestamp: numberOf(json, "timestamp"),
  };
  const body = objectAt(json, "body");
  switch (textOf(json, "eventType")) {
    case "Metric":
      return {
        eventType: "Metric",
        ...about,
        metricName: textOf(body, "metricName"),
        metricValue: numberOf(body, "metricValue"),
      };
    case "Activation":
      return { eventType: "Activation", ...about, run: decodeRun(body) };
    default:
      throw new MalformedMessage("eventType is none that is known");
  }
}

function decodeRun(body: JsonObject): Extract<PlatformEvent, { eventType: "Activation" }>["run"] {
  const causedBy = optionalTextOf(body, "causedBy");
  const size = optionalNumberOf(body, "size");
  const userDefinedStatusCode = optionalNumberOf(body, "userDefinedStatusCode");
  const statusCode = numberOf(body, "statusCode");
  if (statusCode !== 0 && statusCode !== 1 && statusCode !== 2 && statusCode !== 3) {
    throw new MalformedMessage("statusCode is none that is known");
  }
  return {
    name: textOf(body, "name"),
    activationId: textOf(body, "activationId"),
    statusCode,
    duration: numberOf(body, "duration"),
    waitTime: numberOf(body, "waitTime"),
    initTime: numberOf(body, "initTime"),
    kind: textOf(body, "kind"),
    conductor: booleanOf(body, "conductor"),
    memory: numberOf(body, "memory"),
    ...(causedBy === undefined ? {} : { causedBy }),
    ...(size === undefined ? {} : { size }),
    ...(userDefinedStatusCode === undefined ? {} : { userDefinedStatusCode }),
  };
}
