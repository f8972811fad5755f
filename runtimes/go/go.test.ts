import { describe, test } from "vitest";
import { findGo } from "../catalogue/find-go.ts";
import { goConformance } from "../conformance/go-suite.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { mustLaunch, temporaryLaunchers } from "../conformance/plain-launchers.ts";

const go = findGo(process.env);

if (typeof go === "string") describe("go", () => test.skip(`keeps its contract (${go})`, () => undefined));
else {
  const launcher = mustLaunch(await temporaryLaunchers(), "go:1.24");
  await launcher.prepare?.();
  goConformance("go as a launcher", launcherTarget(plainProcess(launcher), launcher.whenGone));
}
