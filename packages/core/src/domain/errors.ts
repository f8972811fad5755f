import { messages } from "./messages.ts";

/**
 * A failure that the API names; anything else that is thrown is a bug, and answers a bare 500.
 * Source of statuses and texts: rest-api contract, "Generic errors".
 */
export abstract class WhiskError extends Error {
  /** HTTP status of the answer, 400 to 599. */
  abstract readonly status: number;
  /** True when the request was turned away before a handler took it: such answers carry no CORS headers. */
  readonly rejection: boolean;

  constructor(message: string, options: WhiskErrorOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    this.rejection = options.rejection ?? false;
  }
}

export interface WhiskErrorOptions extends ErrorOptions {
  /** See {@link WhiskError.rejection}. */
  readonly rejection?: boolean;
}

/** 400: the request is wrong; the message says what and where. */
export class BadRequest extends WhiskError {
  readonly status = 400;
}

/** 400: a body that is JSON but not what the call takes. */
export class MalformedContent extends BadRequest {
  /** The complaint without its prefix. */
  readonly detail: string;

  constructor(detail: string, options?: ErrorOptions) {
    super(messages.malformedContent(detail), { ...options, rejection: true });
    this.detail = detail;
  }
}

/** 400: a query parameter that can't be read. */
export class MalformedQuery extends BadRequest {
  constructor(name: string, detail: string, options?: ErrorOptions) {
    super(messages.malformedQuery(name, detail), { ...options, rejection: true });
  }
}

/** 401: no, or unknown, credentials. */
export class Unauthorized extends WhiskError {
  readonly status = 401;
}

/** 403: known caller, not allowed. */
export class Forbidden extends WhiskError {
  readonly status = 403;
}

/** 404: no such entity or route. */
export class NotFound extends WhiskError {
  readonly status = 404;

  constructor(message: string = messages.notFound, options?: WhiskErrorOptions) {
    super(message, options);
  }
}

/** 405: known path, wrong method. Only outside `/api/v1`. */
export class MethodNotAllowed extends WhiskError {
  readonly status = 405;
}

/** 406: the caller accepts none of the representations that there are. */
export class NotAcceptable extends WhiskError {
  readonly status = 406;
}

/** 409: the entity exists, is of another type, or was changed by somebody else meanwhile. */
export class Conflict extends WhiskError {
  readonly status = 409;

  constructor(message: string = messages.concurrentModification, options?: WhiskErrorOptions) {
    super(message, options);
  }
}

/** 413: something is larger than its limit; the message names it and both sizes. */
export class TooLarge extends WhiskError {
  readonly status = 413;
}

/** 415: the body's content type is not one this call takes. */
export class UnsupportedMediaType extends WhiskError {
  readonly status = 415;
}

/** 422: the request is well-formed but refers in a circle. */
export class Unprocessable extends WhiskError {
  readonly status = 422;
}

/** 429: throttled. */
export class TooManyRequests extends WhiskError {
  readonly status = 429;
  /** When it is worth trying again, in whole seconds from now, at least 1; undefined when nobody can tell. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, retryAfterSeconds?: number, options?: WhiskErrorOptions) {
    super(message, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** 500 with a text that may be shown. */
export class InternalError extends WhiskError {
  readonly status = 500;

  constructor(message: string = messages.internalError, options?: WhiskErrorOptions) {
    super(message, options);
  }
}

/** 501: there is such a call, but this server does not serve it. */
export class NotImplemented extends WhiskError {
  readonly status = 501;
}

/** 503: the work cannot be placed now. */
export class ServiceUnavailable extends WhiskError {
  readonly status = 503;

  constructor(message: string = messages.unavailable, options?: WhiskErrorOptions) {
    super(message, options);
  }
}
