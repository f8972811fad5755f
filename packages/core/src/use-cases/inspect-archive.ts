import { setImmediate as nextTurn } from "node:timers/promises";
import { inflateRawSync } from "node:zlib";
import { MalformedContent, TooLarge } from "../domain/errors.ts";
import { centralDirectory, contentOf, isZip, type ZipEntry, ZipUnreadable } from "./zip-directory.ts";

/** Entries that are looked at before others get their turn on the loop. */
const ENTRIES_PER_TURN = 2000;
/** Bytes that the target of a symbolic link may have. */
const MAX_LINK_BYTES = 4096;

/**
 * Looks into code that is a zip archive, without unpacking it; other code passes. What an archive claims is what is
 * checked: whoever unpacks it must stop at what it claimed.
 * @param maxUnpackedBytes bound on the sum of the sizes that the entries claim.
 * @throws MalformedContent when it cannot be read, or has an entry or a symbolic link that leads out of it; TooLarge
 */
export async function inspectArchive(code: Uint8Array, maxUnpackedBytes: number): Promise<void> {
  const bytes = Buffer.from(code.buffer, code.byteOffset, code.byteLength);
  if (!isZip(bytes)) return;
  try {
    await inspectEntries(bytes, maxUnpackedBytes);
  } catch (error) {
    if (!(error instanceof ZipUnreadable)) throw error;
    throw new MalformedContent(`the zip archive in 'code' cannot be read: ${error.message}`, { cause: error });
  }
}

async function inspectEntries(bytes: Buffer, maxUnpackedBytes: number): Promise<void> {
  const links = new Set<string>();
  const paths: string[] = [];
  let unpackedBytes = 0;
  for (const entry of centralDirectory(bytes)) {
    const path = insidePath(entry.name);
    unpackedBytes += entry.unpackedBytes;
    if (unpackedBytes > maxUnpackedBytes) {
      throw new TooLarge(`unpacked exec larger than allowed: ${unpackedBytes} > ${maxUnpackedBytes} bytes.`);
    }
    if (entry.isLink) {
      checkLink(path, linkTarget(bytes, entry), entry.name);
      links.add(path);
    }
    if (path !== "") paths.push(path);
    if (paths.length % ENTRIES_PER_TURN === 0) await nextTurn();
  }
  if (links.size > 0) await checkNothingBehindLinks(paths, links);
}

/** @returns the path, without dots and without a slash at either end. */
function insidePath(name: string): string {
  const parts = name.split(/[/\\]/);
  if (/^[/\\]|^[A-Za-z]:|\0/.test(name) || parts.includes("..")) throw outside(name);
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}

/** Steps up may only lead the target, so that what it names does not depend on other links. */
function checkLink(path: string, target: string, name: string): void {
  const parts = target.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  const firstDown = parts.findIndex((part) => part !== "..");
  const ups = firstDown === -1 ? parts.length : firstDown;
  const folders = path.split("/").length - 1;
  const absolute = /^[/\\]|^[A-Za-z]:|\0/.test(target);
  if (absolute || ups > folders || parts.lastIndexOf("..") >= ups) throw outside(name);
}

function linkTarget(bytes: Buffer, entry: ZipEntry): string {
  const content = contentOf(bytes, entry);
  if (entry.method === 0) return content.toString("utf8");
  try {
    return inflateRawSync(content, { maxOutputLength: MAX_LINK_BYTES }).toString("utf8");
  } catch (cause) {
    throw new ZipUnreadable("a symbolic link cannot be unpacked", { cause });
  }
}

/** What lies behind a link would be written wherever the link leads. */
async function checkNothingBehindLinks(paths: readonly string[], links: ReadonlySet<string>): Promise<void> {
  for (const [index, path] of paths.entries()) {
    for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
      if (links.has(path.slice(0, slash))) throw outside(path);
    }
    if (index % ENTRIES_PER_TURN === 0) await nextTurn();
  }
}

function outside(name: string): MalformedContent {
  return new MalformedContent(
    `the zip archive in 'code' has an entry that leads out of it: ${JSON.stringify(name.slice(0, 256))}`,
  );
}
