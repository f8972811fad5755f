import type { IncomingMessage } from "node:http";
import { BadRequest, type Identity, messages, ServiceUnavailable, WhiskError } from "@meringue/core";
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import { announcesTooMuch, BodyTooLarge } from "./body.ts";
import { callerOf } from "./caller.ts";
import type { AppDependencies } from "./dependencies.ts";
import { MAX_URL_LENGTH } from "./url.ts";

/** 414: the request's target is longer than {@link MAX_URL_LENGTH}. */
class UrlTooLong extends WhiskError {
  readonly status = 414;

  constructor() {
    super(`URI length exceeds the configured limit of ${MAX_URL_LENGTH} characters`, { rejection: true });
  }
}

/** What is checked of every request, whatever it is for. */
export function refuseOversize(request: FastifyRequest): void {
  if ((request.raw.url ?? "").length > MAX_URL_LENGTH) throw new UrlTooLong();
  if (announcesTooMuch(request.raw)) throw new BodyTooLarge();
}

/** The complaint about a request target that cannot be decoded. */
export function undecodable(cause: Error): BadRequest {
  return new BadRequest("The request's target is not correctly percent-encoded.", { cause, rejection: true });
}

/** Finds out who calls; a hook that costs no turn of the loop when the caller is known. */
export function authenticate({ authenticator }: AppDependencies) {
  return (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    let identity: Identity | Promise<Identity>;
    try {
      identity = authenticator.authenticate(request.headers.authorization, callerOf(request.raw));
    } catch (error) {
      done(error as Error);
      return;
    }
    if (!(identity instanceof Promise)) {
      request.identity = identity;
      done();
      return;
    }
    identity.then(
      (found) => {
        request.identity = found;
        done();
      },
      (error: Error) => done(error),
    );
  };
}

/**
 * Makes `app.close()` wait for the requests that run, and answer those that come meanwhile with 503. Who was answered
 * early and is still sending is cut off.
 */
export function drainable(app: FastifyInstance): void {
  let running = 0;
  let drained: (() => void) | undefined;
  const sending = new Set<IncomingMessage>();
  const finish = (): void => {
    for (const request of sending) request.destroy();
    drained?.();
  };
  app.addHook("onRequest", ({ raw: request }, { raw: response }, done) => {
    if (drained !== undefined) {
      response.setHeader("Connection", "close");
      done(new ServiceUnavailable(messages.unavailable, { rejection: true }));
      return;
    }
    running++;
    // Also when the caller goes away, which fastify's own hook does not tell.
    response.once("close", () => {
      if (!request.complete && !request.destroyed) {
        sending.add(request);
        request.once("close", () => sending.delete(request));
      }
      running--;
      if (running === 0 && drained !== undefined) finish();
    });
    done();
  });
  app.addHook("preClose", (done) => {
    drained = done;
    if (running === 0) finish();
  });
}
