"use strict";
// Builds Swift actions: see runtimes/actionloop/language.d.cts.
const fs = require("node:fs");
const path = require("node:path");
const { compiler } = require("../actionloop/compiler.cjs");

const SWIFTC = process.env["MERINGUE_SWIFTC"] ?? "swiftc";
/** An init parameter that asks for an executable which needs nothing where it runs, not even a C library. */
const STATIC = "SWIFT_STATIC";
/** Libraries that Debian's Swift 6.0 asks for when it links statically, though it has what was in them elsewhere. */
const FORMER_LIBRARIES = ["icui18nswift", "icuucswift", "icudataswift"];
const EMPTY_LIBRARY = "!<arch>\n";
const OPTIONS = ["-O", "-wmo", "-module-name", "Action"];
const CALLS_PLATFORM = /\bWhisk\s*\.\s*(invoke|trigger|createTrigger|createRule)\b/;

/** @type {import("../actionloop/language.d.cts").Language} */
module.exports = {
  image: "swift",
  logsInitErrors: false,

  async compile({ main, source, target, scratch, env }) {
    const entry = entryOf(source);
    if (entry === undefined) return "Zipped actions must contain Package.swift and Sources/main.swift, or main.swift.";
    fs.appendFileSync(entry, `\nimport Foundation\nMeringueLoop.serve(${main})\n`);
    const support = supportFor(source);
    const isPackage = fs.existsSync(path.join(source, "Package.swift"));
    const linking = (env[STATIC] ?? "") === "" ? [] : staticLinking(scratch);
    if (!isPackage) {
      const files = [...swiftFiles(source), ...support, "-o", path.join(target, "exec")];
      const { ok, output } = await compiler([SWIFTC, ...OPTIONS, ...linking, ...files], { cwd: scratch, env });
      return ok ? "" : withoutFolder(output, source);
    }
    for (const file of support)
      fs.copyFileSync(file, path.join(path.dirname(entry), `meringue-${path.basename(file)}`));
    return await buildPackage({ source, target, scratch, env, linking });
  },
};

/** The file that the rest is started from; made of a single file, since only one of this name may start something. @param {string} source */
function entryOf(source) {
  const single = path.join(source, "exec");
  const places = ["main.swift", "Sources/main.swift", ...targets(source).map((name) => `Sources/${name}/main.swift`)];
  if (fs.existsSync(single)) fs.renameSync(single, path.join(source, "main.swift"));
  return places.map((place) => path.join(source, place)).find((file) => fs.existsSync(file));
}

/** The target that is the product comes first. @param {string} source */
function targets(source) {
  const folder = path.join(source, "Sources");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names.sort((a, b) => Number(b === "Action") - Number(a === "Action"));
}

/** What is compiled together with an action. What loads a network's libraries is for those who use them. @param {string} source */
function supportFor(source) {
  const calls = swiftFiles(source).some((file) => CALLS_PLATFORM.test(fs.readFileSync(file, "utf8")));
  const names = ["loop.swift", "whisk.swift", ...(calls ? ["whisk-requests.swift"] : [])];
  return names.map((name) => path.join(__dirname, name));
}

/** @param {string} folder @returns {string[]} */
function swiftFiles(folder) {
  const names = /** @type {string[]} */ (fs.readdirSync(folder, { recursive: true }));
  return names
    .filter((name) => name.endsWith(".swift") && path.basename(name) !== "Package.swift")
    .map((name) => path.join(folder, name));
}

/** @param {string} folder @returns {string[]} options of the compiler */
function staticLinking(folder) {
  for (const name of FORMER_LIBRARIES) fs.writeFileSync(path.join(folder, `lib${name}.a`), EMPTY_LIBRARY);
  return ["-static-executable", "-Xlinker", "-s", `-L${folder}`];
}

/** @param {{ source: string, target: string, scratch: string, env: NodeJS.ProcessEnv, linking: string[] }} work */
async function buildPackage({ source, target, scratch, env, linking }) {
  const swift = path.join(path.dirname(SWIFTC), "swift");
  const words = ["build", "--configuration", "release", "--product", "Action", "--scratch-path", scratch];
  const passed = linking.flatMap((option) => ["-Xswiftc", option]);
  const { ok, output } = await compiler(
    [swift, ...words, ...(passed.length > 0 ? ["--static-swift-stdlib"] : []), ...passed],
    { cwd: source, env },
  );
  if (!ok) return withoutFolder(output, source);
  const built = path.join(scratch, "release");
  fs.copyFileSync(path.join(built, "Action"), path.join(target, "exec"));
  for (const name of fs.readdirSync(built).filter((each) => each.endsWith(".resources"))) {
    fs.cpSync(path.join(built, name), path.join(target, name), { recursive: true });
  }
  return "";
}

/** Complaints name files as they were uploaded. @param {string} output @param {string} source */
function withoutFolder(output, source) {
  return output.replaceAll(`${source}/`, "");
}
