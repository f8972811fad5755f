/** `meringue invoker [flags]`: runs the activations of a cluster on this machine. */
import { runRole } from "../run-role.ts";
import { startInvokerRole } from "./invoker.ts";

await runRole(startInvokerRole);
