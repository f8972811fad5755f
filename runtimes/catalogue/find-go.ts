import { existsSync, globSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** A Go toolchain on this machine. */
export interface GoTools {
  /** GOROOT, absolute, without symbolic links. */
  readonly root: string;
  /** `1.26.8`. */
  readonly version: string;
}

/** Older ones do not know all flags of the build. */
const OLDEST_MINOR = 18;
const INSTALLED = ["/usr/local/go", "/usr/lib/go", "/usr/lib/go-1.*"];

/**
 * Looks for Go: what `MERINGUE_GO` names (its folder), on PATH and in the usual places. No program is started.
 * @returns a string that says what is missing
 */
export function findGo(env: NodeJS.ProcessEnv): GoTools | string {
  const onPath = (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "go"));
  const roots = [
    ...(env["MERINGUE_GO"] ? [env["MERINGUE_GO"]] : []),
    ...onPath.filter((path) => existsSync(path)).map((path) => dirname(dirname(realpathSync(path)))),
    ...INSTALLED.flatMap((pattern) => globSync(pattern)),
  ];
  const found = roots.flatMap((root) => readGo(root) ?? []);
  return found[0] ?? `no Go 1.${OLDEST_MINOR} or newer, such as Debian's golang-go`;
}

/** @returns undefined when it is none, or too old. Every Go tells its version in a file. */
function readGo(folder: string): GoTools | undefined {
  if (!["bin/go", "VERSION", "pkg"].every((file) => existsSync(join(folder, file)))) return undefined;
  const root = realpathSync(folder);
  const [, version, minor] = /^go(1\.(\d+)\S*)/.exec(readFileSync(join(root, "VERSION"), "utf8")) ?? [];
  return version !== undefined && Number(minor) >= OLDEST_MINOR ? { root, version } : undefined;
}
