import type { KindListing } from "./list-runtimes.ts";

const HEAD = ["kind", "runs in", "image", "in the sandbox"];

/** The listing for a terminal: a line for each kind, its columns aligned, and what their marks mean. */
export function runtimesTable(listing: readonly KindListing[], docker: string | undefined): readonly string[] {
  const rows = [HEAD, ...listing.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === HEAD.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const notes = [
    "",
    "* the default of its language, such as nodejs:default",
    docker === undefined ? "any other image runs in Docker, as a blackbox action" : `no other images: ${docker}`,
  ];
  return [...rows.map(line), ...notes];
}

function cellsOf(listed: KindListing): readonly string[] {
  const { kind, aliases, deprecated, description, runsIn, sandbox, docker } = listed;
  const marks = `${aliases.length > 0 ? " *" : ""}${deprecated ? " (deprecated)" : ""}`;
  const notes = [...(docker.imagePresent === false ? ["missing"] : []), ...(description ? [description] : [])];
  const image = notes.length === 0 ? docker.image : `${docker.image} (${notes.join(", ")})`;
  const inSandbox = sandbox.available ? sandbox.with : `no: ${sandbox.why}`;
  return [`${kind}${marks}`, runsIn ?? "nowhere", image, inSandbox];
}
