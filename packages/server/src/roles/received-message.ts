import {
  type Acknowledgement,
  type Activation,
  type ActivationMessage,
  type ExecutableAction,
  type InvokerId,
  resultMessages,
  type TravellingActivation,
} from "@meringue/core";

const INTERNAL_ERROR = 3;

/** The activation as this machine's invoker takes it. */
export function messageOf(activation: TravellingActivation, action: ExecutableAction): ActivationMessage {
  const { activationId, transid, received, user, blocking, args, initArgs, lockedArgs, cause, extraLogging } =
    activation;
  return {
    activationId,
    transid,
    action,
    user,
    args: args ?? {},
    initArgs,
    ...(Object.keys(lockedArgs).length === 0 ? {} : { lockedArgs }),
    blocking,
    ...(cause === undefined ? {} : { cause }),
    received,
    ...(extraLogging === undefined ? {} : { extraLogging }),
  };
}

/** Why an action cannot be run that is not at hand. */
const WITHOUT_ACTION = {
  /** It is not there any more. */
  gone: { statusCode: 1, result: { error: resultMessages.actionGone } },
  /** Its document cannot be read. */
  unreadable: { statusCode: 3, result: { error: resultMessages.actionNotFetched } },
} as const;

/** The record of an activation whose action cannot be had. */
export function recordWithoutAction(
  { activationId, action, user, cause }: TravellingActivation,
  why: keyof typeof WITHOUT_ACTION,
  now: number,
): Activation {
  return {
    namespace: user.namespace.name,
    name: action.id.split("/").at(-1) ?? action.id,
    version: action.version ?? "0.0.1",
    subject: user.subject,
    activationId,
    start: now,
    end: now,
    duration: 0,
    ...(cause === undefined ? {} : { cause }),
    response: WITHOUT_ACTION[why],
    logs: [],
    annotations: [
      { key: "path", value: action.id },
      { key: "kind", value: "unknown" },
      ...(cause === undefined ? [] : [{ key: "causedBy", value: "sequence" }]),
    ],
    publish: false,
  };
}

/** What the controller is told of an activation that has ended: the record too, if somebody waits for it. */
export function acknowledgementOf(
  { transid, blocking }: Pick<TravellingActivation, "transid" | "blocking">,
  record: Activation,
  invoker: InvokerId,
): Acknowledgement {
  const { activationId, response } = record;
  const told = { activationId, transid, isSystemError: response.statusCode === INTERNAL_ERROR, invoker };
  return blocking ? { kind: "combined", ...told, activation: record } : { kind: "completion", ...told };
}
