import type { DeletePackage } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { entityPathOf } from "../path.ts";
import { booleanOf, queryOf } from "../query.ts";
import type { Route } from "../route.ts";
import { entityUrl } from "./entity-urls.ts";

/** DELETE of a package, with `?force=true` also of what is in it: answers what it was. */
export function deletePackageRoute(deletePackage: DeletePackage): Route {
  return {
    method: "DELETE",
    urls: [entityUrl("packages")],
    async handle(request, reply) {
      const path = entityPathOf(request);
      const force = (): boolean => booleanOf(queryOf(request), "force", false);
      sendJson(request, reply, 200, await deletePackage({ identity: request.identity, path, force }));
    },
  };
}
