import { spawnSync } from "node:child_process";
import { describe, test } from "vitest";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { pythonConformance } from "../conformance/python-suite.ts";

const launcher = (await temporaryLaunchers()).launcherFor("python:3.11", "");

if (typeof launcher === "string") {
  describe("python", () => test.skip(`keeps its contract (${launcher})`, () => undefined));
} else {
  const [python = ""] = launcher.argv;
  const hasPip = spawnSync(python, ["-I", "-m", "pip", "--version"]).status === 0;
  const target = launcherTarget(plainProcess(launcher), launcher.whenGone);
  pythonConformance("python as a launcher", target, hasPip ? undefined : `${python} has no pip`);
}
