import type { IncomingMessage } from "node:http";
import type { HeaderList } from "../answer.ts";

const ALLOWED_HEADERS = "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent";

/** The CORS headers of a web action that does not bring its own: everybody may call it, with any headers. */
export function webCors({ headers }: IncomingMessage): HeaderList {
  const asked = headers["access-control-request-headers"];
  return [
    "Access-Control-Allow-Origin",
    "*",
    "Access-Control-Allow-Methods",
    "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH",
    "Access-Control-Allow-Headers",
    asked === undefined || asked === "" ? ALLOWED_HEADERS : asked,
  ];
}
