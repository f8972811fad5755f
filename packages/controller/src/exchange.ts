import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Caller, Identity } from "@meringue/core";
import { type Query, queryFields } from "./query-fields.ts";

/** The named segments of a request's path, decoded, not checked. */
export interface PathParams {
  readonly namespace?: string;
  readonly package?: string;
  readonly name?: string;
  readonly id?: string;
  readonly file?: string;
}

const NO_PARAMS: PathParams = {};

/** What is known of a request when it comes in. */
export interface Arrival {
  readonly raw: IncomingMessage;
  /** The transaction id. */
  readonly id: string;
  /** Epoch milliseconds at which it began to come in. */
  readonly received: number;
  readonly caller: Caller;
}

/** One request on its way through the API. */
export class ApiRequest implements Arrival {
  readonly raw: IncomingMessage;
  readonly id: string;
  readonly received: number;
  readonly caller: Caller;
  readonly headers: IncomingHttpHeaders;
  params: PathParams = NO_PARAMS;
  /** Who calls. Only there on routes that need credentials. */
  declare identity: Identity;
  /** Finds out anew who calls, should that be over by now. There with {@link identity}. @throws Unauthorized */
  declare confirm: (request: ApiRequest) => undefined | Promise<unknown>;
  #query: Query | undefined;

  constructor({ raw, id, received, caller }: Arrival) {
    this.raw = raw;
    this.id = id;
    this.received = received;
    this.caller = caller;
    this.headers = raw.headers;
  }

  get method(): string {
    return this.raw.method ?? "";
  }

  /** The target, path and query, as it is served: see `rewriteUrl` in app.ts. */
  get url(): string {
    return this.raw.url ?? "";
  }

  /** The query, not checked. */
  get query(): Query {
    if (this.#query === undefined) {
      const { url } = this;
      const start = url.indexOf("?");
      this.#query = queryFields(start === -1 ? "" : url.slice(start + 1));
    }
    return this.#query;
  }
}

/** The answer to one request. */
export class ApiReply {
  readonly raw: ServerResponse;
  readonly #listeners = new Set<() => void>();

  constructor(raw: ServerResponse) {
    this.raw = raw;
  }

  /** Calls back once when it has been sent, or the caller has gone away. @returns stops listening. */
  onGone(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  /** To be called when the response closes. */
  gone(): void {
    for (const callback of this.#listeners) callback();
    this.#listeners.clear();
  }
}
