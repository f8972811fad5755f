import {
  type Acknowledgement,
  type Activation,
  type InvokerId,
  resultMessages,
  type TravellingActivation,
} from "@meringue/core";

const INTERNAL_ERROR = 3;

/** What comes of an activation whose action is not at hand. */
export const WITHOUT_ACTION = {
  /** It is not there any more. */
  gone: { statusCode: 1, result: { error: resultMessages.actionGone } },
  /** Its document cannot be read. */
  unreadable: { statusCode: 3, result: { error: resultMessages.actionNotFetched } },
} as const;

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
