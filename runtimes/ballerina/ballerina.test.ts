import { describe, test } from "vitest";
import { BALLERINA_OLDEST_MAJOR } from "../catalogue/ballerina-launcher.ts";
import { findJdks } from "../catalogue/find-java.ts";
import { ballerinaConformance, ballerinaPrograms } from "../conformance/ballerina-suite.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { temporaryLaunchers } from "../conformance/plain-launchers.ts";

const launcher = (await temporaryLaunchers()).launcherFor("ballerina:2201", "");

if (typeof launcher === "string") {
  describe("ballerina", () => test.skip(`keeps its contract (${launcher})`, () => undefined));
} else {
  const programs = await ballerinaPrograms(findJdks(process.env, BALLERINA_OLDEST_MAJOR));
  ballerinaConformance("ballerina as a launcher", launcherTarget(plainProcess(launcher), launcher.whenGone), programs);
}
