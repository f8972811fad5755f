import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

/** Where a stack says it is, in a file of a bundle. */
const PLACE = /(file:\/\/\S+?\/\.cache\/bundle\/\S+?\.js):(\d+):(\d+)/;

/**
 * Lets stacks name sources instead of a bundle's files. Costs nothing until somebody looks at a stack: Node's own way
 * (`--enable-source-maps`) reads every map at once, which takes longer than the bundle saves in memory.
 */
export function nameSourcesInStacks() {
  const maps = new Map();
  Error.prepareStackTrace = (error, sites) =>
    [describe(error), ...sites.map((site) => `    at ${asInSource(String(site), maps)}`)].join("\n");
}

function describe(error) {
  try {
    return String(error);
  } catch {
    return "an error that cannot be described"; // its toString throws
  }
}

function asInSource(site, maps) {
  return site.replace(PLACE, (place, url, line, column) => {
    const origin = mapOf(url, maps)?.findOrigin(Number(line), Number(column));
    return origin?.fileName === undefined ? place : `${origin.fileName}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

function mapOf(url, maps) {
  if (!maps.has(url)) maps.set(url, readMap(url));
  return maps.get(url);
}

/** @returns {SourceMap | undefined} undefined once a newer start has removed it */
function readMap(url) {
  try {
    const path = fileURLToPath(url);
    const payload = JSON.parse(readFileSync(`${path}.map`, "utf8"));
    return new SourceMap({ ...payload, sources: payload.sources.map((source) => new URL(source, url).href) });
  } catch {
    return undefined; // a stack must never fail
  }
}
