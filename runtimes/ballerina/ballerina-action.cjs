"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { nativeAction } = require("../native/native-action.cjs");

/** Start-up time and memory count for more than peak speed; the machine itself is silent. */
const JAVA_FLAGS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xlog:disable -Dfile.encoding=UTF-8";
const NO_CODE = "Missing main/no code to execute.";
const NO_BINARY = "The action failed to generate or locate a binary. See logs for details.";
const NOT_INITIALIZED = "Function not initialized.";
/** What the compiler of Ballerina 0.990 made. */
const BALX = Buffer.from("ba10c0de", "hex");
const ZIP = "PK\x03\x04";
const MANIFEST = "META-INF/MANIFEST.MF";

/**
 * A Ballerina program as an action: a jar that `bal build` made.
 * @param {Parameters<typeof nativeAction>[0]} parts
 * @returns {ReturnType<typeof nativeAction>}
 */
function ballerinaAction(parts) {
  const { MERINGUE_JAVA: java = "java", MERINGUE_HEAP_MB: heapMb, ...env } = parts.env;
  const program = nativeAction({ ...parts, env });
  const flags = heapMb === undefined ? "-XX:MaxRAMPercentage=60" : `-Xmx${heapMb}m`;
  const script = `#!/bin/sh\nexec ${java} ${JAVA_FLAGS} ${flags} -jar "\${0%/*}/action.jar" "$@"\n`;
  let initialised = false;

  return {
    init(value) {
      if (initialised) return program.init({}); // says that there is one already
      if (typeof value?.code !== "string" || value.code === "") return failure(403, NO_CODE);
      const bytes = Buffer.from(value.code, value.binary === true ? "base64" : "utf8");
      const problem = problemOf(bytes);
      if (problem !== "") {
        parts.logs.complain(`Error: ${problem}`);
        parts.logs.end();
        return failure(502, NO_BINARY);
      }
      fs.mkdirSync(parts.folder, { recursive: true });
      fs.writeFileSync(path.join(parts.folder, "action.jar"), bytes);
      initialised = true;
      return program.init({ ...value, code: script, binary: false });
    },
    run: (message) => (initialised ? program.run(message) : Promise.resolve(failure(400, NOT_INITIALIZED))),
    kill: () => program.kill(),
  };
}

/** @param {number} status @param {string} message */
function failure(status, message) {
  return { status, text: JSON.stringify({ error: message }) };
}

/** @param {Buffer} bytes @returns {string} why they are no program, else an empty text */
function problemOf(bytes) {
  if (bytes.subarray(0, BALX.length).equals(BALX)) {
    return "a balx file is for Ballerina 0.990, which runs nowhere any more: build a jar with a newer one";
  }
  const isJar = bytes.toString("latin1", 0, ZIP.length) === ZIP && bytes.includes(MANIFEST);
  return isJar ? "" : "Ballerina source is not compiled here: upload the jar that `bal build` makes of it";
}

module.exports = { ballerinaAction };
