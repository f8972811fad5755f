import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import type { Bind } from "./launcher.ts";
import { isBelow } from "./stage.ts";

/** What the root folder of a sandbox consists of, apart from what is empty and writable. */
export interface RootPlan {
  /** Folders to be made for anybody to enter, outermost first: where launchers are shown. */
  readonly folders: readonly string[];
  /** Read-only, in this order. */
  readonly binds: readonly Bind[];
  /** Links at the top, such as /bin to usr/bin. */
  readonly links: readonly { readonly path: string; readonly to: string }[];
  /** Paths inside that show an empty folder instead of what lies there on the host. */
  readonly hidden: readonly string[];
}

/** The host folders that make a system; on most hosts all but /usr are links into it. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/** Inside these, a sandbox has folders of its own. */
const OWN = ["/proc", "/dev", "/tmp", "/action", "/etc"];

/**
 * @param etc host folder that becomes /etc
 * @param binds what the launcher needs; what lies in the system is shown already
 * @param hidden host folders that must not show, though they lie in something that does
 * @throws Error when a launcher asks for a place that is not its to take, or for something that does not exist
 */
export function rootPlan(etc: string, binds: readonly Bind[], hidden: readonly string[]): RootPlan {
  const system: Bind[] = [];
  const links: { path: string; to: string }[] = [];
  for (const path of SYSTEM) {
    const kind = lstatSync(path, { throwIfNoEntry: false });
    if (kind?.isSymbolicLink()) links.push({ path, to: readlinkSync(path).replace(/^\//, "") });
    else if (kind?.isDirectory()) system.push({ source: path, target: path });
  }
  const extra = binds.filter(({ source, target }) => source !== target || !isInSystem(source, system));
  for (const { target } of extra) {
    if (target === "/" || [...OWN, ...SYSTEM].some((folder) => isBelow(target, folder))) {
      throw new Error(`a launcher cannot be shown at ${target}`);
    }
  }
  const all = [
    ...system,
    { source: etc, target: "/etc" },
    ...extra.toSorted((a, b) => a.target.length - b.target.length),
  ];
  const present = hidden.filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory());
  const folders = [...new Set(extra.flatMap(({ target }) => above(target)))];
  return { folders, binds: all, links, hidden: present.flatMap((path) => shownAt(path, all)) };
}

/** `/opt` and `/opt/x` for `/opt/x/y`. */
function above(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function isInSystem(path: string, system: readonly Bind[]): boolean {
  return system.some(({ source }) => isBelow(path, source));
}

/** Where a host folder would show, if its real place lies in something that is shown. */
function shownAt(path: string, binds: readonly Bind[]): string[] {
  const real = realpathSync(path);
  return binds
    .map(({ source, target }) => ({ source: realpathSync(source), target }))
    .filter(({ source }) => isBelow(real, source))
    .map(({ source, target }) => target + real.slice(source.length));
}
