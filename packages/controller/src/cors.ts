type Headers = readonly string[];

const ORIGIN_AND_HEADERS: Headers = [
  "Access-Control-Allow-Origin",
  "*",
  "Access-Control-Allow-Headers",
  "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent",
  "Access-Control-Allow-Methods",
];
const API: Headers = [...ORIGIN_AND_HEADERS, "GET, DELETE, POST, PUT, HEAD"];
/** Also what OPTIONS outside the API answers. */
export const ADMIN_CORS: Headers = [...ORIGIN_AND_HEADERS, "OPTIONS, GET, POST"];
const NONE: Headers = [];

const ADMIN_PATH = /^\/(?:invokers|activation|disable)(?:[/?]|$)/;

/** Whether a URL is under `/api/v1`. */
export function isApiUrl(url: string): boolean {
  if (!url.startsWith("/api/v1")) return false;
  const next = url[7];
  return next === undefined || next === "/" || next === "?";
}

/** The headers, names and values by turns, that a completed answer to `url` carries. */
export function corsHeaders(url: string): Headers {
  if (isApiUrl(url)) return API;
  return ADMIN_PATH.test(url) ? ADMIN_CORS : NONE;
}
