import type { ApiReply, ApiRequest } from "./exchange.ts";
import type { Operation } from "./operation.ts";

export type Method = "GET" | "PUT" | "POST" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH";

/** One call of the API, as data: what is served, and what the document tells of it. */
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
  readonly operation: Operation;
  /** Answers the request itself. What it throws becomes the answer. */
  handle(request: ApiRequest, reply: ApiReply): void | Promise<void>;
}

/** A path with and without a slash at its end. */
export function withSlash(url: string): readonly string[] {
  return [url, `${url}/`];
}
