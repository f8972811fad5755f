import { InternalError, ServiceUnavailable, type WhiskError } from "@meringue/core";

/** CouchDB refused something, or could not be asked. */
export class CouchFailure extends Error {
  override readonly name = "CouchFailure";
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** Member `error` of the answer, such as `conflict`; undefined when there was none. */
  readonly code: string | undefined;

  constructor(message: string, status: number | undefined, code: string | undefined, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

/** The databases cannot be used as they are; the message says why and what to do. */
export class CouchUnusable extends Error {
  override readonly name = "CouchUnusable";
}

/** What whoever asked the store is told: 503 for what may pass (away, overloaded, locked out), else 500. */
export function storeFailure(error: unknown): WhiskError {
  const { status } = error instanceof CouchFailure ? error : {};
  const mayPass = error instanceof CouchFailure && (status === undefined || status >= 500 || isLockedOut(status));
  return mayPass ? new ServiceUnavailable(undefined, { cause: error }) : new InternalError(undefined, { cause: error });
}

/** Whether the credentials were refused. */
export function isLockedOut(status: number | undefined): boolean {
  return status === 401 || status === 403;
}
