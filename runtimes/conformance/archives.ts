import { gzipSync } from "node:zlib";
import { ZipFile } from "yazl";

/** Contents by name; a symbolic link is told by its target. */
export type Files = Readonly<Record<string, string | Uint8Array | { readonly linkTo: string }>>;

const FILE_MODE = 0o100644;
const LINK_MODE = 0o120777;
const BLOCK_BYTES = 512;

/** A zip archive, as base64. */
export async function zip(files: Files): Promise<string> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith("/")) archive.addEmptyDirectory(name);
    else if (typeof content === "string" || content instanceof Uint8Array) {
      archive.addBuffer(Buffer.from(content), name, { mode: FILE_MODE });
    } else archive.addBuffer(Buffer.from(content.linkTo), name, { mode: LINK_MODE });
  }
  archive.end();
  const chunks: Buffer[] = [];
  for await (const chunk of archive.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("base64");
}

/** A zip archive in which `from` was renamed to `to`, of the same length: for names that no tool would write. */
export async function zipRenaming(files: Files, from: string, to: string): Promise<string> {
  const bytes = Buffer.from(await zip(files), "base64").toString("latin1");
  return Buffer.from(bytes.replaceAll(from, to), "latin1").toString("base64");
}

/** A gzipped tar archive, as base64. */
export function tarGz(files: Files): string {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const link = typeof content === "object" && "linkTo" in content ? content.linkTo : undefined;
    const body = link === undefined ? Buffer.from(content as string | Uint8Array) : Buffer.alloc(0);
    const padding = Buffer.alloc((BLOCK_BYTES - (body.length % BLOCK_BYTES)) % BLOCK_BYTES);
    return [tarHeader(name, body.length, link), body, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)])).toString("base64");
}

function tarHeader(name: string, sizeBytes: number, linkTo: string | undefined): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(sizeBytes, 11), 124);
  header.write(" ".repeat(8), 148);
  header.write(linkTo === undefined ? "0" : "2", 156);
  header.write(linkTo ?? "", 157);
  header.write("ustar\x0000", 257, "latin1");
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    ),
    148,
  );
  return header;
}
