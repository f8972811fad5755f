import { findNodes } from "../catalogue/find-node.ts";
import { httpProcessTarget } from "../conformance/http-target.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { mustLaunch, temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { streamingConformance } from "../conformance/streaming-suite.ts";
import { typescriptConformance } from "../conformance/typescript-suite.ts";

const launchers = await temporaryLaunchers();
const nodes = (await findNodes(process.env)).filter((node) => node.stripsTypes);

for (const { major, version, transformsTypes } of nodes) {
  const process = plainProcess(mustLaunch(launchers, `typescript:${major}`));
  const withoutTransform = transformsTypes ? undefined : `Node.js ${major} only strips types`;
  const asLauncher = launcherTarget(process, "connection-lost");
  typescriptConformance(`typescript on ${version} as a launcher`, asLauncher, withoutTransform);
  streamingConformance(`typescript on ${version} as a launcher`, asLauncher);
  const argv = process.argv.slice(process.argv.findIndex((argument) => argument.endsWith("/node")));
  const http = argv.filter((argument) => argument !== "--launcher" && !argument.startsWith("--input-fd="));
  typescriptConformance(
    `typescript on ${version} over HTTP`,
    httpProcessTarget({ ...process, argv: http }),
    withoutTransform,
  );
}
