/** `meringue controller [flags]`: the API and the load balancer of a cluster. */
import { runRole } from "../run-role.ts";
import { startControllerRole } from "./controller.ts";

await runRole(startControllerRole);
