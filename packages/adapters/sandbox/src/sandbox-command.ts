import type { Launcher } from "./launcher.ts";
import type { ToolKind } from "./sandbox-options.ts";

/** One sandbox to be started. */
export interface SandboxJob {
  readonly launcher: Launcher;
  /** The whole environment of the launcher. */
  readonly env: Readonly<Record<string, string>>;
  /** Who the launcher is on this host; undefined: who we are. */
  readonly user: SandboxUser | undefined;
  /** Set when there are no control groups. */
  readonly resourceLimits: ResourceLimits | undefined;
}

export interface SandboxUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ResourceLimits {
  /** RLIMIT_DATA of each process, in kibibytes. */
  readonly dataKib: number;
  /** RLIMIT_NPROC, where the kernel counts it for each sandbox alone. */
  readonly processes: number | undefined;
}

/** What a shell that stands in its place already is to become. */
export interface SandboxCommand {
  readonly argv: readonly string[];
  /** Bytes that the program reads from descriptor 4, to the end. */
  readonly onFour?: Buffer;
  /** Working folder on the host. */
  readonly folder?: string;
  /** What finds its processes again when they have left their parent; only where there is no namespace to end. */
  readonly mark?: string;
  /** Undoes what making the command did, when the sandbox has gone. */
  readonly cleanUp?: () => void;
}

/** One way to make sandboxes. */
export interface SandboxTool {
  readonly kind: ToolKind;
  /** Facts for the operator. */
  readonly lines: readonly string[];
  /** Whether the sandbox has processes, and files, of its own. */
  readonly isolates: boolean;
  /** A file that its commands read from descriptor 5; undefined when they read none. */
  readonly fileOnFive: string | undefined;
  command(job: SandboxJob): SandboxCommand;
}

/**
 * One line for a shell: takes on limits and becomes the command.
 * @param command its arguments may hold line ends: the shell knows them as `$nl`
 */
export function shellLine({ argv, folder }: SandboxCommand, { user, resourceLimits }: SandboxJob): string {
  // Counted by user on the host, the number of processes can be limited here only if the user is the sandbox's own.
  const processes = user === undefined ? undefined : resourceLimits?.processes;
  const data = resourceLimits?.dataKib;
  return [
    ...(data === undefined ? [] : [`ulimit -d ${data} 2>/dev/null;`]),
    // Shells disagree on the letter.
    ...(processes === undefined ? [] : [`ulimit -p ${processes} 2>/dev/null || ulimit -u ${processes} 2>/dev/null;`]),
    ...(folder === undefined ? [] : [`cd ${quoted(folder)} &&`]),
    "exec",
    ...argv.map(quoted),
  ].join(" ");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`).replaceAll("\n", `'"$nl"'`)}'`;
}

/** Command words that become another user for good, with nothing left to gain by executing a file. */
export function dropTo(setpriv: string, user: SandboxUser): string[] {
  return [setpriv, `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", ...NOTHING_TO_GAIN];
}

/** Options of setpriv that leave no capability, now or later. */
export const NOTHING_TO_GAIN = ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"];
