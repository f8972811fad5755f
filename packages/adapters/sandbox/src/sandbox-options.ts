import type { ApiEntrance } from "@meringue/core";
import type { FindLauncher } from "./launcher.ts";

/** What makes the sandbox: bubblewrap, util-linux' unshare, or nothing. */
export type ToolKind = "bwrap" | "unshare" | "none";
/** How a sandbox reaches the network. */
export type NetworkKind = "veth" | "pasta" | "slirp4netns" | "shared";
/** What holds a sandbox to its memory and its number of processes. */
export type LimitsKind = "cgroup" | "watchdog";

/** Settings of {@link sandboxRuntime}. */
export interface SandboxOptions {
  /** Stable name of the data folder, `[a-z0-9]{8,}`: what a dead server left behind is found by it. */
  readonly ownerId: string;
  readonly launchers: FindLauncher;
  readonly entrance: ApiEntrance;
  /** For how many containers network, control groups and a waiting shell are made ahead. Default 4. */
  readonly networkPool?: number;
  /** Size of /tmp, and of the working folder, each, in mebibytes. Default 512. */
  readonly tmpMb?: number;
  /** Host paths that are never shown, even if they lie inside a folder that is: the data folder. */
  readonly hidden?: readonly string[];
  /** Where tools are looked for, like PATH. Default: PATH and the folders of system tools. */
  readonly toolPath?: string;
  /** For tests: takes this choice instead of the best one; it throws where the host does not offer it. */
  readonly force?: {
    readonly tool?: ToolKind;
    readonly network?: NetworkKind;
    readonly limits?: LimitsKind;
  };
}
