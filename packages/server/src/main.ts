/** `meringue standalone [flags]`: everything in one process. */
import { runRole } from "./run-role.ts";
import { startStandalone } from "./standalone.ts";

await runRole(startStandalone);
