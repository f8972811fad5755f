import {
  type ActivationMessage,
  type ActivationResponse,
  type ContainerStartFailed,
  resultMessages,
} from "@meringue/core";
import { failure } from "./verdict.ts";

/** What the caller hears when no container could be had. */
export function startFailure(message: ActivationMessage, { fault }: ContainerStartFailed): ActivationResponse {
  const { exec } = message.action.action;
  if (exec.type !== "blackbox" || fault === "host") return failure(3, resultMessages.notProvisioned);
  return failure(
    2,
    fault === "image" ? resultMessages.imageNotPulled(exec.image) : resultMessages.executableMissing(exec.image),
  );
}
