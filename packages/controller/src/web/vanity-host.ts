import { WEB_PREFIX } from "./web-path.ts";

/** Rewrites the URL of a request to a namespace's own host; any other URL stays as it is. */
export type RewriteVanityUrl = (url: string, host: string | undefined) => string;

/**
 * Lets each namespace have a host of its own: `NAMESPACE.DOMAIN/x` is the web action path `/NAMESPACE/x`, and nothing
 * else of the API is there; its root is the action `index` of the package `public`, as HTML.
 * @param domain such as `functions.example.org`; hosts are compared without regard to case.
 */
export function vanityUrls(domain: string): RewriteVanityUrl {
  const suffix = `.${domain.toLowerCase()}`;
  return (url, host) => {
    const name = (host ?? "").toLowerCase().replace(/:\d*$/, "");
    if (!name.endsWith(suffix) || !url.startsWith("/")) return url;
    const namespace = name.slice(0, -suffix.length);
    if (!/^[0-9a-z-]+$/.test(namespace)) return url;
    const end = url.indexOf("?");
    const path = end === -1 ? url : url.slice(0, end);
    const query = end === -1 ? "" : url.slice(end);
    return `${WEB_PREFIX}/${namespace}${path === "/" ? "/public/index.html" : path}${query}`;
  };
}
