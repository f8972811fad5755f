import { launcherTarget, plainProcess } from "../conformance/launcher-target.ts";
import { nativeConformance } from "../conformance/native-suite.ts";
import { mustLaunch, temporaryLaunchers } from "../conformance/plain-launchers.ts";

const launcher = mustLaunch(await temporaryLaunchers(), "blackbox", "openwhisk/dockerskeleton:latest");
nativeConformance("native as a launcher", launcherTarget(plainProcess(launcher), launcher.whenGone));
