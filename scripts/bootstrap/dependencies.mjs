import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./install-lock.mjs";
import { npmCi } from "./npm.mjs";

/**
 * Brings node_modules to what package-lock.json says, unless a stamp tells that it is so already: then this costs the
 * reading of two files. The stamp is written last, so an interrupted install is done again.
 *
 * @param {string} root of the checkout
 * @throws {import("./npm.mjs").BootstrapError} when npm fails
 */
export async function bringDependencies(root) {
  const lock = readFileSync(join(root, "package-lock.json"));
  const wanted = stampOf(lock);
  const stampPath = join(root, "node_modules/.meringue-stamp");
  if (contentsOf(stampPath) === wanted) return;
  await withLock(join(root, ".node/install.lock"), async (alsoHeldBy) => {
    if (contentsOf(stampPath) === wanted) return;
    if (!isInstalled(root, lock)) {
      rmSync(stampPath, { force: true });
      await npmCi(root, "the dependencies", alsoHeldBy);
    }
    writeFileSync(`${stampPath}.new`, wanted);
    renameSync(`${stampPath}.new`, stampPath);
  });
}

/** Packages carry prebuilt programs, so what is right on one platform is wrong on another that shares the folder. */
function stampOf(lock) {
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}\n`;
}

/** Whether an `npm ci` or `npm install` of somebody's own was here: npm writes the list of what it installed last. */
function isInstalled(root, lock) {
  const text = contentsOf(join(root, "node_modules/.package-lock.json"));
  if (text === undefined) return false;
  const wanted = JSON.parse(lock.toString("utf8")).packages;
  const installed = JSON.parse(text).packages;
  const same = (a, b) => a !== undefined && a.version === b.version && a.integrity === b.integrity && a.link === b.link;
  return (
    Object.entries(wanted).every(
      ([path, entry]) =>
        !path.includes("node_modules/") ||
        (entry.optional === true && installed[path] === undefined) ||
        same(installed[path], entry),
    ) && Object.keys(installed).every((path) => wanted[path] !== undefined)
  );
}

/** @returns {string | undefined} undefined when there is no such file */
function contentsOf(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  }
}
