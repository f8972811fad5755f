import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./install-lock.mjs";
import { BootstrapError, npmCi } from "./npm.mjs";

/** Where the pinned versions stand, with their checksums. */
const PINS = new URL("node/", import.meta.url);

/**
 * Whether a Node can run the sources as they are.
 * @param {string} version such as "24.15.0"
 */
export function isGoodNode(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 15);
}

/**
 * Brings the pinned Node into `<root>/.node`, unless it is there. It arrives by one rename, so it is whole or absent.
 *
 * @param {string} root of the checkout
 * @returns {Promise<string>} path of its binary
 * @throws {BootstrapError} when there is none for this machine, or npm fails
 */
export async function bringNode(root) {
  const { name, version } = pinnedPackage(process.platform, process.arch);
  const folder = join(root, ".node/node_modules", name);
  if (versionIn(folder) !== version) {
    await withLock(join(root, ".node/install.lock"), async (alsoHeldBy) => {
      if (versionIn(folder) !== version) await install(root, name, version, folder, alsoHeldBy);
    });
  }
  return join(folder, "bin/node");
}

/**
 * @param {string} platform @param {string} arch as `process` names them
 * @returns {{name: string, version: string}}
 */
export function pinnedPackage(platform, arch) {
  const pins = JSON.parse(readFileSync(new URL("package.json", PINS), "utf8")).optionalDependencies;
  const name = [`node-${platform}-${arch}`, `node-bin-${platform}-${arch}`].find((each) => pins[each] !== undefined);
  if (name === undefined) {
    throw new BootstrapError(
      `meringue: needs Node 24.15 or later; this is ${process.version}, and npm has none to bring for ${platform}-${arch}. ` +
        "Install it, and run the same command again.",
    );
  }
  return { name, version: pins[name] };
}

async function install(root, name, version, folder, alsoHeldBy) {
  const workFolder = join(root, `.node/new-${process.pid}`);
  rmSync(workFolder, { recursive: true, force: true });
  mkdirSync(workFolder, { recursive: true });
  try {
    for (const file of ["package.json", "package-lock.json"]) cpSync(new URL(file, PINS), join(workFolder, file));
    await npmCi(workFolder, `Node ${version}`, alsoHeldBy);
    const arrived = join(workFolder, "node_modules", name);
    if (!existsSync(join(arrived, "bin/node")))
      throw new BootstrapError(`meringue: npm brought no ${name}@${version}.`);
    mkdirSync(join(root, ".node/node_modules"), { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(arrived, folder);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}

function versionIn(folder) {
  const file = join(folder, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}
