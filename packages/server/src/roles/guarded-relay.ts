import type { IncomingMessage } from "node:http";
import { type ApiEntrance, messages, parseBasic } from "@meringue/core";
import { apiEntrance } from "../api-entrance.ts";
import { answer, passOn } from "../run/api-relay.ts";
import { wellKnownNamespace } from "../well-known-keys.ts";

/**
 * The way of an invoker's containers to the API, which is elsewhere. Nothing but the API is there. The API cannot tell
 * containers from other callers, so it is here that keys which everybody knows count for a container's own namespace only.
 * @param target where the API is; undefined: every call is answered with 503
 * @param namespaceOf the namespace that a container works for
 */
export function guardedRelay(
  target: URL | undefined,
  namespaceOf: (containerName: string) => string | undefined,
): ApiEntrance {
  return apiEntrance({
    port: 0,
    namespaceOf,
    serve(request, response, caller) {
      if (target === undefined) {
        return answer(response, 503, "This invoker was not told where the API is: --public-url names it.");
      }
      if (!isApi(request.url ?? "/")) return answer(response, 404, messages.routeNotFound);
      const owner = wellKnownOwner(request);
      const own = caller.via === "container" ? caller.namespace : undefined;
      if (owner !== undefined && owner !== own) return answer(response, 401, messages.authenticationInvalid);
      passOn(target, request, response);
    },
  });
}

/** Dots could lead out again. */
function isApi(url: string): boolean {
  const path = url.replace(/[?#].*$/s, "");
  return /^\/api(\/|$|-docs)/.test(path) && !/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path);
}

function wellKnownOwner({ headers }: IncomingMessage): string | undefined {
  const credentials = parseBasic(headers.authorization ?? "");
  return credentials === undefined ? undefined : wellKnownNamespace(credentials.uuid);
}
