import { hash, timingSafeEqual } from "node:crypto";
import { Unauthorized } from "@meringue/core";
import { sendText } from "../answer.ts";
import type { Route } from "../route.ts";

interface DisableDependencies {
  readonly admin: { readonly username: string; readonly password: string };
  disable(): void;
}

/** POST /disable: the operator takes this controller out of service. */
export function disableRoute({ admin, disable }: DisableDependencies): Route {
  const expected = digest(`${admin.username}:${admin.password}`);
  return {
    method: "POST",
    urls: ["/disable"],
    open: true,
    operator: true,
    operation: {
      tag: "Operation",
      summary: "Take this controller out of service",
      answers: { 200: { says: "controller is disabled" } },
      failures: [401],
      produces: ["text/plain"],
    },
    handle(request, reply) {
      const token = /^basic +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
      if (token === undefined)
        throw new Unauthorized("Authentication is possible but has failed or not yet been provided.");
      const given = digest(Buffer.from(token, "base64").toString("utf8"));
      if (!timingSafeEqual(given, expected)) throw new Unauthorized("username or password are wrong.");
      disable();
      sendText(request, reply, 200, "controller is disabled");
    },
  };
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
