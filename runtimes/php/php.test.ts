import { describe, test } from "vitest";
import { caseSuite } from "../conformance/cases.ts";
import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { phpPipedCases } from "../conformance/php-source-cases.ts";
import { phpConformance } from "../conformance/php-suite.ts";
import { temporaryLaunchers } from "../conformance/plain-launchers.ts";
import { whyNoPhpLibraries } from "../conformance/upstream-libraries.ts";

const launcher = (await temporaryLaunchers()).launcherFor("php:8.2", "");

if (typeof launcher === "string") {
  describe("php", () => test.skip(`keeps its contract (${launcher})`, () => undefined));
} else {
  const spec = plainProcess(launcher);
  const target = launcherTarget(spec, launcher.whenGone);
  phpConformance("php as a launcher", target, whyNoPhpLibraries());

  const piped = ["/bin/sh", "-c", 'exec 4>&1; "$0" "$@" 2>&1 >&4 4>&- | cat >&2', ...spec.argv];
  const pipedTarget = launcherTarget({ ...spec, argv: piped }, launcher.whenGone);
  caseSuite("php as a launcher, whose stderr is a pipe,", pipedTarget, phpPipedCases);
}
