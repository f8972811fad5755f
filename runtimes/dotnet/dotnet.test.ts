import { describe, test } from "vitest";
import { findDotnet } from "../catalogue/find-dotnet.ts";
import { dotnetConformance, dotnetSamples } from "../conformance/dotnet-suite.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { temporaryLaunchers } from "../conformance/plain-launchers.ts";

const dotnet = findDotnet(process.env);
const launcher = (await temporaryLaunchers()).launcherFor("dotnet:8.0", "");

if (typeof dotnet === "string" || typeof launcher === "string") {
  describe("dotnet", () => test.skip(`keeps its contract (${launcher})`, () => undefined));
} else {
  const [samples] = await Promise.all([dotnetSamples(dotnet), launcher.prepare?.()]);
  dotnetConformance("dotnet as a launcher", launcherTarget(plainProcess(launcher), launcher.whenGone), samples);
}
