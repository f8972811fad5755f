import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { describe, test } from "vitest";
import { imageTarget, whyNoImage } from "../conformance/image-target.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { mustLaunch, temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { swiftAction } from "../conformance/swift-samples.ts";
import { swiftConformance } from "../conformance/swift-suite.ts";
import { initValue, withValue } from "../conformance/target.ts";

const IMAGE = "meringue/action-swift-v6.0:latest";
const LINK_LIMIT_MS = 240_000;
/** The compiler alone takes more than most actions. */
const MEMORY = "1g";
const why = await whyNoImage(IMAGE);
const launcher = mustLaunch(await temporaryLaunchers(), "swift:6.0");

/** What the image makes of source, as an archive. */
async function exported(source: string, env: object): Promise<Buffer> {
  const words = ["run", "--rm", "--interactive", "--network", "none", IMAGE, "-compile", "main", "-env"];
  const child = spawn("docker", [...words, JSON.stringify(env)], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(source);
  return await buffer(child.stdout);
}

describe.skipIf(why !== undefined)("in a container (if a Docker engine has the image)", () => {
  swiftConformance("swift", imageTarget(IMAGE, MEMORY));

  test("what it exports as a static executable runs where there is no Swift", { timeout: LINK_LIMIT_MS }, async ({
    expect,
  }) => {
    const archive = await exported(swiftAction("  return args"), { SWIFT_STATIC: "1" });
    const target = await launcherTarget(plainProcess(launcher), launcher.whenGone)();
    const init = await target.init(initValue({ code: archive.toString("base64"), binary: true }));
    const run = await target.run(withValue({ it: "works" }));
    await target.stop();
    expect([init.status, run]).toEqual([200, { status: 200, body: { it: "works" } }]);
  });
});
