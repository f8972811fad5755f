import type { DeletePackage } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { ENTITY_FAILURES } from "../operation.ts";
import { entityPathOf } from "../path.ts";
import { flagParameter, queryOf } from "../query.ts";
import type { Route } from "../route.ts";
import { entityUrl } from "./entity-urls.ts";

const force = flagParameter("force", false, "true deletes what is in it, too");

/** DELETE of a package, with `?force=true` also of what is in it: answers what it was. */
export function deletePackageRoute(deletePackage: DeletePackage): Route {
  return {
    method: "DELETE",
    urls: [entityUrl("packages")],
    operation: {
      tag: "Packages",
      summary: "Delete a package or binding",
      query: [force],
      answers: { 200: { says: "As it was", shape: "Package" } },
      failures: ENTITY_FAILURES,
    },
    async handle(request, reply) {
      const path = entityPathOf(request);
      const withContents = (): boolean => force.read(queryOf(request));
      sendJson(request, reply, 200, await deletePackage({ identity: request.identity, path, force: withContents }));
    },
  };
}
