import { describe } from "vitest";
import { findSwift } from "../catalogue/find-swift.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { precompiledConformance } from "../conformance/loop-suite.ts";
import { mustLaunch, temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { swiftConformance } from "../conformance/swift-suite.ts";

const swift = await findSwift(process.env);
const launcher = mustLaunch(await temporaryLaunchers(), "swift:6.0");
const start = launcherTarget(plainProcess(launcher), launcher.whenGone);

precompiledConformance("swift without a compiler", start, "swift");
describe.skipIf(typeof swift === "string")("with a compiler (needs Swift)", () => {
  swiftConformance("swift as a launcher", start);
});
