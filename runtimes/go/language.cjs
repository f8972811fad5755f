"use strict";
// Builds Go actions: see runtimes/actionloop/language.d.cts.
const fs = require("node:fs");
const path = require("node:path");
const { compiler } = require("../actionloop/compiler.cjs");
const { goEnvironment } = require("./environment.cjs");

const LAUNCHER = path.join(__dirname, "launcher.go");
const GO = process.env["MERINGUE_GO"] ?? "go";
const OWN_LOOP = /^func\s+main\s*\(\s*\)/m;
const PACKAGE = /^package\s+(\w+)/m;
/** No name that a user's file is likely to have. */
const FILES = { source: "exec__.go", launcher: "main__.go", entry: "action__.go" };

/** @type {import("../actionloop/language.d.cts").Language} */
module.exports = {
  image: "golang",
  logsInitErrors: true,

  async compile({ main, source, target, scratch, env }) {
    const single = path.join(source, "exec");
    if (fs.existsSync(single)) fs.renameSync(single, path.join(source, FILES.source));
    if (!hasOwnLoop(source)) {
      fs.copyFileSync(LAUNCHER, path.join(source, FILES.launcher));
      fs.writeFileSync(path.join(source, FILES.entry), `package main\n\nvar meringueAction = ${capitalised(main)}\n`);
    }
    const goEnv = goEnvironment(env, scratch);
    const run = (/** @type {string[]} */ ...words) => compiler([GO, ...words], { cwd: source, env: goEnv });
    if (fs.existsSync(path.join(source, "go.mod"))) {
      if (!fs.existsSync(path.join(source, "vendor"))) {
        const { ok, output } = await run("mod", "download");
        if (!ok) return `cannot download modules\n${output}`;
      }
    } else {
      const { ok, output } = await run("mod", "init", "exec");
      if (!ok) return `cannot init modules\n${output}`;
    }
    const { ok, output } = await run("build", "-o", path.join(target, "exec"), "-ldflags", "-s -w", ".");
    return ok ? "" : output;
  },
};

/** `hello` becomes `Hello`, and `helloWorld` becomes `Helloworld`, as upstream's does it. @param {string} name */
function capitalised(name) {
  return name.slice(0, 1).toUpperCase() + name.slice(1).toLowerCase();
}

/** Whether the package has a function main of its own: then it speaks the action loop itself. @param {string} folder */
function hasOwnLoop(folder) {
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(".go") && !name.endsWith("_test.go"));
  const texts = files.map((name) => fs.readFileSync(path.join(folder, name), "utf8"));
  return texts.some((text) => PACKAGE.exec(text)?.[1] === "main" && OWN_LOOP.test(text));
}
