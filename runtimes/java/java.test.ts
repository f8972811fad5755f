import { describe, test } from "vitest";
import { findJava } from "../catalogue/find-java.ts";
import { javaConformance, javaSamples } from "../conformance/java-suite.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { temporaryLaunchers } from "../conformance/plain-launchers.ts";

const java = findJava(process.env);
const launchers = await temporaryLaunchers();
const samples = typeof java === "string" ? undefined : await javaSamples(java);

/** The default kind's, and those that somebody names a JDK for. */
const majors = new Set([
  "17",
  ...Object.keys(process.env).flatMap((name) => /^MERINGUE_JAVA_(\d+)$/.exec(name)?.[1] ?? []),
]);

for (const major of majors) {
  const launcher = launchers.launcherFor(`java:${major}`, "");
  if (samples === undefined || typeof launcher === "string") {
    describe(`java:${major}`, () => test.skip(`keeps its contract (${launcher})`, () => undefined));
  } else {
    await launcher.prepare?.();
    const start = launcherTarget(plainProcess(launcher), launcher.whenGone);
    javaConformance(`java:${major} as a launcher`, start, samples);
  }
}
