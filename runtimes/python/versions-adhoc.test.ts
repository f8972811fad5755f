import { cpSync, globSync } from "node:fs";
import { launcherTarget } from "../conformance/launcher-target.ts";
import { pythonConformance } from "../conformance/python-suite.ts";
cpSync("/work/main/runtimes/python", "/tmp/rt-exp/pycopy", { recursive: true });
for (const py of globSync("/root/.pyenv/versions/3.{9,10,12,13}*/bin/python3"))
  pythonConformance(py, launcherTarget({ argv: [py, "-I", "-X", "utf8", "/tmp/rt-exp/pycopy/launcher.py"] }, "command-exited"));
