"use strict";
const fs = require("node:fs");
const path = require("node:path");

/** Where what actions often import lies compiled, if it does. */
const SEED = process.env["MERINGUE_GO_CACHE"];

/**
 * What the go command is run with. Its cache is writable, and begins with what is compiled already.
 * @param {NodeJS.ProcessEnv} env @param {string} scratch
 * @returns {NodeJS.ProcessEnv}
 */
function goEnvironment(env, scratch) {
  const cache = path.join(scratch, "cache");
  const temporary = path.join(scratch, "tmp");
  for (const folder of [cache, temporary]) fs.mkdirSync(folder, { recursive: true });
  if (SEED !== undefined && fs.existsSync(SEED)) linkAll(SEED, cache);
  return {
    GOPATH: path.join(scratch, "path"),
    GOTOOLCHAIN: "local", // another one would be brought each time
    GOFLAGS: "-buildvcs=false -modcacherw",
    ...env,
    GO111MODULE: "on",
    GOCACHE: cache,
    GOTMPDIR: temporary,
  };
}

/** A folder of links to the files of another, which stay as they are. @param {string} from @param {string} to */
function linkAll(from, to) {
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) {
      fs.mkdirSync(target);
      linkAll(source, target);
    } else {
      fs.symlinkSync(source, target);
    }
  }
}

module.exports = { goEnvironment };
