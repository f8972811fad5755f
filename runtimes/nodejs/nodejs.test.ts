import { fileURLToPath } from "node:url";
import { findNodes } from "../catalogue/find-node.ts";
import { httpProcessTarget } from "../conformance/http-target.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { nodejsConformance } from "../conformance/nodejs-suite.ts";
import { mustLaunch, temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { streamingConformance } from "../conformance/streaming-suite.ts";

const RUNTIME = fileURLToPath(new URL("runtime.cjs", import.meta.url));

const launchers = await temporaryLaunchers();
const [own, ...others] = await findNodes(process.env);

// Over HTTP the files are used as they lie here, as in an image; in the sandbox they are joined.
const { modules = "" } = plainProcess(mustLaunch(launchers, "nodejs"));
const overHttp = httpProcessTarget({ argv: [own.path, RUNTIME], modules });
nodejsConformance(`nodejs ${own.version} over HTTP`, overHttp);
streamingConformance(`nodejs ${own.version} over HTTP`, overHttp);

for (const { major, version } of [own, ...others.filter((node) => node.major >= 20)]) {
  const asLauncher = launcherTarget(plainProcess(mustLaunch(launchers, `nodejs:${major}`)), "connection-lost");
  nodejsConformance(`nodejs ${version} as a launcher`, asLauncher);
  streamingConformance(`nodejs ${version} as a launcher`, asLauncher);
}
