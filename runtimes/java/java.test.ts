import { describe, test } from "vitest";
import { findJava } from "../catalogue/find-java.ts";
import { javaConformance, javaSamples } from "../conformance/java-suite.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { temporaryLaunchers } from "../conformance/plain-launchers.ts";

const java = findJava(process.env);
const launcher = (await temporaryLaunchers()).launcherFor("java:17", "");

if (typeof java === "string" || typeof launcher === "string") {
  describe("java", () => test.skip(`keeps its contract (${launcher})`, () => undefined));
} else {
  const [samples] = await Promise.all([javaSamples(java), launcher.prepare?.()]);
  javaConformance("java as a launcher", launcherTarget(plainProcess(launcher), launcher.whenGone), samples);
}
