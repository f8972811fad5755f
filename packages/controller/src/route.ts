import type { Identity } from "@meringue/core";
import type { FastifyReply, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** Who calls. Only there on routes that need credentials. */
    identity: Identity;
    /** When the request began to come in, in epoch milliseconds. */
    received: number;
  }
}

export type Method = "GET" | "PUT" | "POST" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH";

/** One call of the API, as data, so that what is served can be compared with what is documented. */
export interface Route {
  readonly method: Method;
  /** Paths it answers on: usually one, or two that differ in a slash at the end. */
  readonly urls: readonly string[];
  /**
   * Whether it is the operators' own: never there for containers, and for strangers only where the deployment says so
   * (see AppDependencies.operatorRoutes).
   */
  readonly operator?: boolean;
  /** Whether anybody may call it; otherwise the caller's identity is found out first. */
  readonly open?: boolean;
  /** Answers the request itself. What it throws becomes the answer. */
  handle(request: FastifyRequest, reply: FastifyReply): void | Promise<void>;
}

/** A path with and without a slash at its end. */
export function withSlash(url: string): readonly string[] {
  return [url, `${url}/`];
}
