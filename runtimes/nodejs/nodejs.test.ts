import { fileURLToPath } from "node:url";
import { findNodes } from "../catalogue/find-node.ts";
import { httpProcessTarget } from "../conformance/http-target.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { nodejsConformance } from "../conformance/nodejs-suite.ts";
import { mustLaunch, temporaryLaunchers } from "../conformance/plain-launchers.ts";

const RUNTIME = fileURLToPath(new URL("runtime.cjs", import.meta.url));

const launchers = await temporaryLaunchers();
const [own, ...others] = await findNodes(process.env);

// Over HTTP the files are used as they lie here, as in an image; in the sandbox they are joined.
const { modules = "" } = plainProcess(mustLaunch(launchers, "nodejs"));
nodejsConformance(`nodejs ${own.version} over HTTP`, httpProcessTarget({ argv: [own.path, RUNTIME], modules }));

for (const { major, version } of [own, ...others.filter((node) => node.major >= 20)]) {
  const launcher = mustLaunch(launchers, `nodejs:${major}`);
  nodejsConformance(`nodejs ${version} as a launcher`, launcherTarget(plainProcess(launcher), "connection-lost"));
}
