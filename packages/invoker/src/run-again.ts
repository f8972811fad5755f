import { type ActivationMessage, getValue } from "@meringue/core";

/**
 * Whether an activation that user code may have seen is run once more when the server stopped in the midst of it: its
 * action is annotated `retry: true`. Its author says with that that a second run does no harm. An extension of ours.
 */
export function mayRunAgain({ action }: Pick<ActivationMessage, "action">): boolean {
  return getValue(action.action.annotations, "retry") === true;
}
