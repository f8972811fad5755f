import { InternalError, ServiceUnavailable, type WhiskError } from "@meringue/core";

/** What could not be written now may be written later: the disk is full, read-only or ailing. */
export function writeFailure(cause: unknown): WhiskError {
  return new ServiceUnavailable(undefined, { cause });
}

/** What could not be read will not be there the next time either, for all the caller knows. */
export function readFailure(cause: unknown): WhiskError {
  return new InternalError(undefined, { cause });
}
