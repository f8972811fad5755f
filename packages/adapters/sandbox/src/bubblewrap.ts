import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { MIB } from "./cgroup.ts";
import type { HostTools } from "./host-tools.ts";
import { type RootPlan, rootPlan } from "./root-plan.ts";
import { dropTo, type SandboxJob, type SandboxTool } from "./sandbox-command.ts";
import { passwdText } from "./stage.ts";

/** What tools need to know to lay out a sandbox. */
export interface Layout {
  readonly tools: HostTools;
  readonly isRoot: boolean;
  /** Host folder that becomes /etc. */
  readonly etc: string;
  /** Host folder for files that live as long as one sandbox. */
  readonly scratch: string;
  readonly tmpMb: number;
  readonly hidden: readonly string[];
  /** Host file with the system call filter; undefined on processors without one. */
  readonly filter: string | undefined;
  /** Whether a network namespace is to be made even if no network is entered. For the probe. */
  readonly ownNetwork?: boolean;
}

/** Who an action is inside, when the sandbox has a user namespace. */
export const INSIDE_ID = 1000;
export const SHM_MB = 64;

/**
 * bubblewrap. It stays as two small processes: one outside, which dies with us, and the first one inside, which dies
 * with that and takes all others along; neither is within reach of the action.
 */
export function bubblewrap(layout: Layout): SandboxTool {
  const { tools, isRoot, filter } = layout;
  const bwrap = tools.need("bwrap");
  const setpriv = isRoot ? tools.need("setpriv") : undefined;
  const plans = new Map<string, readonly string[]>();

  function system(job: SandboxJob): readonly string[] {
    const key = JSON.stringify(job.launcher.binds);
    const known = plans.get(key);
    if (known !== undefined) return known;
    const made = systemArguments(rootPlan(layout.etc, job.launcher.binds, layout.hidden), layout);
    plans.set(key, made);
    return made;
  }
  return {
    kind: "bwrap",
    isolates: true,
    fileOnFive: filter,
    lines: [
      `files: own root, read-only system, /tmp and /action ${layout.tmpMb} MB each (bubblewrap)`,
      "processes: own pid, ipc and uts namespaces, no capabilities" + (isRoot ? ", a user id of its own" : ""),
      filter === undefined ? `system calls: not filtered on ${process.arch}` : "system calls: filtered",
    ],
    command(job) {
      const passwd = job.user === undefined ? undefined : `${layout.scratch}/${randomUUID()}`;
      if (passwd !== undefined && job.user !== undefined) {
        writeFileSync(passwd, passwdText(job.user.uid, job.user.gid));
      }
      const args = [
        ...system(job),
        ...(passwd === undefined ? [] : ["--ro-bind", passwd, "/etc/passwd"]),
        ...(filter === undefined ? [] : ["--seccomp", "5"]),
        ...Object.entries(job.env).flatMap(([name, value]) => ["--setenv", name, value]),
      ];
      const inner =
        setpriv !== undefined && job.user !== undefined ? dropTo(setpriv, job.user) : countedInside(job, tools);
      return {
        argv: [bwrap, "--args", "4", "--", ...inner, ...job.launcher.argv],
        onFour: Buffer.from(args.map((arg) => `${arg}\0`).join("")),
        ...(passwd === undefined ? {} : { cleanUp: () => rmSync(passwd, { force: true }) }),
      };
    },
  };
}

/** Without root, processes can be counted for a sandbox alone only once its user namespace is entered. */
export function countedInside(job: SandboxJob, tools: HostTools): string[] {
  const processes = job.resourceLimits?.processes;
  return processes === undefined ? [] : [tools.need("prlimit"), `--nproc=${processes}:${processes}`];
}

// Without root the first process inside belongs to the same user as the action, which could write into its memory and
// so keep it from dying with us. It is the one that lays out the sandbox, so its number is there to be covered.
const COVER_FIRST_PROCESS = ["/proc/1/mem", "/proc/1/task/1/mem"].flatMap((path) => ["--dev-bind", "/dev/null", path]);

function systemArguments(plan: RootPlan, { isRoot, tmpMb, ownNetwork }: Layout): string[] {
  const user = [
    "--unshare-user",
    "--disable-userns",
    "--uid",
    `${INSIDE_ID}`,
    "--gid",
    `${INSIDE_ID}`,
    "--cap-drop",
    "ALL",
  ];
  const tmpfs = (path: string, mode: string, mb: number): string[] => [
    ...["--perms", mode, "--size", String(mb * MIB), "--tmpfs", path],
  ];
  return [
    ...(isRoot ? [] : user),
    ...["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ...(ownNetwork === true ? ["--unshare-net"] : []),
    ...["--die-with-parent", "--hostname", "action", "--clearenv"],
    // Left to itself bubblewrap makes the folders above a target for root alone.
    ...plan.folders.flatMap((path) => ["--perms", "0755", "--dir", path]),
    ...plan.binds.flatMap(({ source, target }) => ["--ro-bind", source, target]),
    ...plan.links.flatMap(({ path, to }) => ["--symlink", to, path]),
    ...plan.hidden.flatMap((path) => ["--perms", "0000", "--size", "4096", "--tmpfs", path, "--remount-ro", path]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...(isRoot ? [] : COVER_FIRST_PROCESS),
    ...tmpfs("/dev/shm", "1777", SHM_MB),
    ...["--remount-ro", "/dev"],
    ...tmpfs("/tmp", "1777", tmpMb),
    ...tmpfs("/action", "0777", tmpMb),
    ...["--remount-ro", "/", "--chdir", "/action"],
  ];
}
