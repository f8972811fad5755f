import { ContainerStartFailed } from "@meringue/core";
import { EngineError } from "./engine-client.ts";

/** The OCI runtime's words when the main process of an image cannot be executed; it says others when it is broken itself. */
const COMMAND_FAILED = /(starting container process caused|unable to start container process): (.*: )?exec: "/;
const COMMAND_ABSENT = /no command specified/i;

/** Says whose fault it is that a container could not be created or started. */
export function startFailure(image: string, error: unknown): ContainerStartFailed {
  if (error instanceof ContainerStartFailed) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof EngineError && (COMMAND_FAILED.test(message) || COMMAND_ABSENT.test(message))) {
    return new ContainerStartFailed("command", `executable file not found in image ${image}: ${message}`, {
      cause: error,
    });
  }
  return new ContainerStartFailed("host", message, { cause: error });
}

/** Whether a container could not be created because its image is not on this machine. */
export function isImageMissing(error: unknown): boolean {
  return error instanceof EngineError && error.status === 404 && /no such image/i.test(error.message);
}

/** Whether the engine does not accept the reference as the name of an image. */
export function isReferenceInvalid(error: unknown): boolean {
  return error instanceof EngineError && error.status === 400 && /invalid reference format/i.test(error.message);
}
