import type { Launcher } from "./launcher.ts";
import type { ToolKind } from "./sandbox-options.ts";

/** One sandbox to be started. */
export interface SandboxJob {
  readonly launcher: Launcher;
  /** The whole environment of the launcher. */
  readonly env: Readonly<Record<string, string>>;
  /** From {@link NetworkPlace}: words in front of the command. */
  readonly enter: readonly string[];
  /** Files to which a process writes `0` to join its control groups. */
  readonly joinFiles: readonly string[];
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

/** What is to be spawned. */
export interface SandboxCommand {
  readonly argv: readonly string[];
  /** Bytes that the program reads from descriptor 4, to the end. */
  readonly onFour?: Buffer;
  /** A file that is opened as descriptor 5. */
  readonly fileOnFive?: string;
  /** Working folder on the host. */
  readonly folder?: string;
  /** Environment of what is spawned. Default: that of host programs. */
  readonly env?: Readonly<Record<string, string>>;
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
  command(job: SandboxJob): SandboxCommand;
}

/** Open files, as Docker's default for actions. */
const OPEN_FILES = 1024;

// Joins control groups and takes on limits, then becomes the next program. One shell, no further process. Shells
// disagree on the letter for the number of processes.
const JOIN = `while [ "$1" != -- ]; do echo 0 >"$1" || exit 125; shift; done; shift
ulimit -c 0; ulimit -n ${OPEN_FILES} 2>/dev/null
[ "$1" = - ] || ulimit -d "$1" 2>/dev/null; shift
[ "$1" = - ] || ulimit -p "$1" 2>/dev/null || ulimit -u "$1" 2>/dev/null; shift
exec "$@"`;

/** Puts the joining of groups, limits and the network in front of a command. */
export function joined(sh: string, job: SandboxJob, command: readonly string[]): string[] {
  const { joinFiles, resourceLimits, enter } = job;
  // Counted by user on the host, the number of processes can be limited here only if the user is the sandbox's own.
  const processes = job.user === undefined ? undefined : resourceLimits?.processes;
  const limits = [resourceLimits?.dataKib, processes].map((limit) => (limit === undefined ? "-" : String(limit)));
  return [sh, "-c", JOIN, "sh", ...joinFiles, "--", ...limits, ...enter, ...command];
}

/** Command words that become another user for good, with nothing left to gain by executing a file. */
export function dropTo(setpriv: string, user: SandboxUser): string[] {
  return [setpriv, `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", ...NOTHING_TO_GAIN];
}

/** Options of setpriv that leave no capability, now or later. */
export const NOTHING_TO_GAIN = ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"];
