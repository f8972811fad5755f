import { describe, test } from "vitest";
import { findRust } from "../catalogue/find-rust.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { mustLaunch, temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { rustConformance } from "../conformance/rust-suite.ts";

const rust = await findRust(process.env);

if (typeof rust === "string") describe("rust", () => test.skip(`keeps its contract (${rust})`, () => undefined));
else {
  const launcher = mustLaunch(await temporaryLaunchers(), "rust:1.85");
  await launcher.prepare?.();
  rustConformance("rust as a launcher", launcherTarget(plainProcess(launcher), launcher.whenGone));
}
