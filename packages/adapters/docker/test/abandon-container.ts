/** Starts a container for the owner it is given, says so, and waits to be killed: a platform that dies. */
import { dockerRuntime } from "../src/index.ts";
import { callerTellingEntrance } from "./caller-telling-entrance.ts";
import { spec } from "./played-runtime.ts";

const [ownerId = "", socketPath = "", image = ""] = process.argv.slice(2);
const runtime = await dockerRuntime({ ownerId, socketPath, entrance: callerTellingEntrance() });
const container = await runtime.create(spec({ image }));
if (ownerId.endsWith("paused")) await container.pause();
process.stdout.write("started\n");
setInterval(() => undefined, 60_000);
