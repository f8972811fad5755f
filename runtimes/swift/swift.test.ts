import { describe, test } from "vitest";
import { findSwift } from "../catalogue/find-swift.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { precompiledConformance } from "../conformance/loop-suite.ts";
import { mustLaunch, temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { swiftConformance } from "../conformance/swift-suite.ts";

const swift = await findSwift(process.env);
const launcher = mustLaunch(await temporaryLaunchers(), "swift:6.0");
const start = launcherTarget(plainProcess(launcher), launcher.whenGone);

if (typeof swift !== "string") swiftConformance("swift as a launcher", start);
else {
  precompiledConformance("swift as a launcher", start, "swift");
  describe("swift", () => test.skip(`builds source (${swift})`, () => undefined));
}
