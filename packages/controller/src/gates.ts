import { BadRequest, type Identity, WhiskError } from "@meringue/core";
import { announcedBytes, BodyTooLarge, MAX_BODY_BYTES } from "./body.ts";
import type { AppDependencies } from "./dependencies.ts";
import type { ApiRequest } from "./exchange.ts";
import { MAX_URL_LENGTH } from "./url.ts";

/** 414: the request's target is longer than {@link MAX_URL_LENGTH}. */
class UrlTooLong extends WhiskError {
  readonly status = 414;

  constructor() {
    super(`URI length exceeds the configured limit of ${MAX_URL_LENGTH} characters`, { rejection: true });
  }
}

/** What is checked of every request, whatever it is for. @throws UrlTooLong, BodyTooLarge */
export function refuseOversize(request: ApiRequest): void {
  if (request.url.length > MAX_URL_LENGTH) throw new UrlTooLong();
  const bytes = announcedBytes(request.raw);
  if (bytes > MAX_BODY_BYTES) throw new BodyTooLarge(bytes);
}

/** The complaint about a request target that cannot be decoded. */
export function undecodable(cause: Error): BadRequest {
  return new BadRequest("The request's target is not correctly percent-encoded.", { cause, rejection: true });
}

/** Finds out who calls, and notes it in the request. */
export type Identify = (request: ApiRequest) => Identity | Promise<Identity>;

/** @returns at once, and not as a promise, when the caller is known. @throws Unauthorized, also as a rejection */
export function identify({ authenticator }: Pick<AppDependencies, "authenticator">): Identify {
  const confirm = async (request: ApiRequest): Promise<void> => void (await identified(request));
  const confirmIfStale: ApiRequest["confirm"] = (request) =>
    authenticator.isStale(request.identity) ? confirm(request) : undefined;

  const identified: Identify = (request) => {
    request.confirm = confirmIfStale;
    const identity = authenticator.authenticate(request.headers.authorization, request.caller);
    if (!(identity instanceof Promise)) {
      request.identity = identity;
      return identity;
    }
    return identity.then((found) => {
      request.identity = found;
      return found;
    });
  };
  return identified;
}
