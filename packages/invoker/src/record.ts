import type { Activation, ActivationMessage, ActivationResponse, KeyValue } from "@meringue/core";

/** Times of one activation, epoch milliseconds. */
export interface RunTimes {
  /** When init began, or the run of a warm start. */
  readonly began: number;
  /** How long `/init` took; undefined when there was none. */
  readonly initMs: number | undefined;
  readonly runStart: number;
  readonly end: number;
}

/** What becomes of an activation that user code had seen when the server stopped. */
export const SERVER_STOPPED: ActivationResponse = {
  statusCode: 3,
  result: { error: "The server stopped while the action was running; it was not run again." },
};

/** The record of an activation that reached a container. `start` is moved back by the time that init took. */
export function runRecord(
  message: ActivationMessage,
  response: ActivationResponse,
  times: RunTimes,
  timedOut: boolean,
): Activation {
  const annotations = actionAnnotations(message, timedOut, Math.max(0, times.began - message.received));
  if (times.initMs !== undefined) annotations.push({ key: "initTime", value: times.initMs });
  const start = times.runStart - (times.initMs ?? 0);
  return { ...base(message, response), start, end: times.end, duration: times.end - start, annotations };
}

/** The record of an activation whose action is known but which reached no container. */
export function unplacedRecord(message: ActivationMessage, response: ActivationResponse, now: number): Activation {
  const annotations = actionAnnotations(message, false, Math.max(0, now - message.received));
  return { ...base(message, response), start: now, end: now, duration: 0, annotations };
}

/** The record of an activation whose action could not be had, or may not be run. */
export function fallbackRecord(message: ActivationMessage, response: ActivationResponse, now: number): Activation {
  const annotations = [
    { key: "path", value: message.action.id },
    { key: "kind", value: "unknown" },
    ...causedBy(message),
  ];
  return { ...base(message, response), start: now, end: now, duration: 0, annotations };
}

function base(
  message: ActivationMessage,
  response: ActivationResponse,
): Omit<Activation, "start" | "end" | "duration" | "annotations"> {
  const { action } = message.action;
  return {
    namespace: message.user.namespace.name,
    name: action.name,
    version: action.version,
    subject: message.user.subject,
    activationId: message.activationId,
    ...(message.cause === undefined ? {} : { cause: message.cause }),
    response,
    logs: [],
    publish: false,
  };
}

function actionAnnotations(message: ActivationMessage, timedOut: boolean, waitTime: number): KeyValue[] {
  const { id, action, binding } = message.action;
  return [
    { key: "path", value: id },
    { key: "kind", value: action.exec.kind },
    { key: "timeout", value: timedOut },
    { key: "waitTime", value: waitTime },
    { key: "limits", value: { ...action.limits } },
    ...causedBy(message),
    ...(binding === undefined ? [] : [{ key: "binding", value: binding }]),
  ];
}

function causedBy({ cause }: ActivationMessage): KeyValue[] {
  return cause === undefined ? [] : [{ key: "causedBy", value: "sequence" }];
}
