import { describe, test } from "vitest";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { rubyConformance } from "../conformance/ruby-suite.ts";
import { whyNoGems } from "../conformance/upstream-libraries.ts";

const launcher = (await temporaryLaunchers()).launcherFor("ruby:3.1", "");

if (typeof launcher === "string") {
  describe("ruby", () => test.skip(`keeps its contract (${launcher})`, () => undefined));
} else {
  const target = launcherTarget(plainProcess(launcher), launcher.whenGone);
  rubyConformance("ruby as a launcher", target, whyNoGems(launcher.argv[0] ?? ""));
}
