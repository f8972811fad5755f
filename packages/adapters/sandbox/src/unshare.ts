import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { countedInside, INSIDE_ID, type Layout, SHM_MB } from "./bubblewrap.ts";
import { type RootPlan, rootPlan } from "./root-plan.ts";
import { dropTo, NOTHING_TO_GAIN, type SandboxJob, type SandboxTool } from "./sandbox-command.ts";
import { mountFlagsOf, passwdText } from "./stage.ts";

// The first process inside. It lays out the root, leaves the host's behind, and stays: it is what the death of the
// one outside kills, and it takes all others along. It lets go of all pipes, so that their ends tell of the action.
const FIRST_PROCESS = `mnt=$1; fstab=$2; shift 2
echo action 2>/dev/null >/proc/sys/kernel/hostname || hostname action 2>/dev/null
mount -a -T "$fstab" && cd "$mnt" && pivot_root . . && umount -l . && cd / || exit 125
exec 9<&0
"$@" <&9 9<&- &
exec </dev/null >/dev/null 2>&1 3>&- 5<&- 9<&-
wait $!`;

/** prctl(2) by its number, with which a filter is set. */
const PRCTL: Readonly<Record<string, number>> = { x64: 157, arm64: 167 };

// Perl is on every Debian, and can set a system call filter: it takes it from descriptor 5 and becomes the next program.
const FILTER_AND_GO = `open(F,"<&=5") or die; binmode F; local $/; $f=<F>; close F; $c=shift;
$p=pack("Sx6P",length($f)/8,$f); syscall($c+0,38,1,0,0,0)==0 && syscall($c+0,22,2,$p,0,0)==0 or die "seccomp: $!";
exec {$ARGV[0]} @ARGV or die "$ARGV[0]: $!"`;

/** Where the root is mounted a second time: in a changed root nobody may make user namespaces. */
const SECOND_ROOT = "/.root";

/** util-linux alone: unshare, mount, pivot_root. Slower than bubblewrap by some milliseconds a start. */
export function unshareTool(layout: Layout): SandboxTool {
  const { tools, isRoot, filter } = layout;
  const sh = tools.need("sh");
  const perl = filter === undefined ? undefined : tools.find("perl");
  const outside = [tools.need("setpriv"), "--pdeathsig=KILL", ...unshareCommand(layout)];
  const plans = new Map<string, { readonly folder: string; readonly fstab: string }>();
  const mnt = `${layout.scratch}/mnt`;
  mkdirSync(mnt, { recursive: true });
  const script = `${layout.scratch}/first-process.sh`;
  writeFileSync(script, FIRST_PROCESS);

  function system(job: SandboxJob): { folder: string; fstab: string } {
    const key = JSON.stringify(job.launcher.binds);
    let known = plans.get(key);
    if (known === undefined) {
      const plan = rootPlan(layout.etc, job.launcher.binds, layout.hidden);
      const folder = `${layout.scratch}/root-${randomUUID()}`;
      layFolders(folder, plan);
      known = { folder, fstab: fstabOf(folder, mnt, plan, layout) };
      plans.set(key, known);
    }
    return known;
  }
  return {
    kind: "unshare",
    isolates: true,
    fileOnFive: perl === undefined ? undefined : filter,
    lines: [
      `files: own root, read-only system, /tmp and /action ${layout.tmpMb} MB each (unshare; bubblewrap would be faster)`,
      "processes: own pid, ipc and uts namespaces, no capabilities" + (isRoot ? ", a user id of its own" : ""),
      perl === undefined ? "system calls: not filtered (neither bubblewrap nor perl)" : "system calls: filtered",
    ],
    command(job) {
      const fstab = `${layout.scratch}/${randomUUID()}`;
      const passwd = `${fstab}.passwd`;
      let lines = system(job).fstab;
      if (job.user !== undefined) {
        writeFileSync(passwd, passwdText(job.user.uid, job.user.gid));
        lines += bind(passwd, `${mnt}/etc/passwd`, isRoot);
      }
      writeFileSync(fstab, `${lines}${mnt} ${mnt}${SECOND_ROOT} none rbind 0 0\n`);
      const filterFirst = perl === undefined ? [] : [real(perl), "-e", FILTER_AND_GO, String(PRCTL[process.arch])];
      const variables = Object.entries(job.env).map(([name, value]) => `${name}=${value}`);
      const environment = [real(tools.need("env")), "-i", "--chdir=/action", ...variables];
      const inner = [...becomeAction(job, layout), ...filterFirst, ...environment, ...job.launcher.argv];
      return {
        argv: [...outside, sh, script, mnt, fstab, ...inner],
        cleanUp() {
          for (const path of [fstab, passwd]) rmSync(path, { force: true });
        },
      };
    },
  };
}

function unshareCommand({ tools, isRoot, ownNetwork }: Layout): string[] {
  const user = isRoot ? [] : ["--user", "--map-root-user"];
  const network = ownNetwork === true ? ["--net"] : [];
  const spaces = ["--mount", "--propagation=private", "--pid", "--ipc", "--uts", "--cgroup", ...network];
  return [tools.need("unshare"), ...user, ...spaces, "--fork", "--kill-child"];
}

/** From the first process, which may do all in its namespaces, to one that may do nothing. */
function becomeAction(job: SandboxJob, { tools, isRoot }: Layout): string[] {
  const setpriv = real(tools.need("setpriv"));
  if (isRoot && job.user !== undefined) return [real(tools.need("chroot")), SECOND_ROOT, ...dropTo(setpriv, job.user)];
  // Capabilities are kept for one step more: it takes one to give up the others for good.
  const ids = [`--map-user=${INSIDE_ID}`, `--map-group=${INSIDE_ID}`, "--keep-caps", `--root=${SECOND_ROOT}`];
  const drop = [setpriv, "--ambient-caps=-all", ...NOTHING_TO_GAIN];
  return [real(tools.need("unshare")), ...ids, ...drop, ...countedInside(job, tools)];
}

/** A tool's own place: links to it may not exist inside. */
const real = (path: string): string => realpathSync(path);

const DEVICES = ["null", "zero", "full", "random", "urandom"];
const DEVICE_LINKS = [
  { path: "/dev/fd", to: "/proc/self/fd" },
  { path: "/dev/stdin", to: "/proc/self/fd/0" },
  { path: "/dev/stdout", to: "/proc/self/fd/1" },
  { path: "/dev/stderr", to: "/proc/self/fd/2" },
];

/** Makes a folder with a place for everything that is mounted. */
function layFolders(folder: string, plan: RootPlan): void {
  for (const name of ["proc", "dev/shm", "tmp", "action", SECOND_ROOT]) {
    mkdirSync(`${folder}/${name}`, { recursive: true });
  }
  for (const name of DEVICES) writeFileSync(`${folder}/dev/${name}`, "");
  for (const { source, target } of plan.binds) {
    const isFolder = statSync(source).isDirectory();
    mkdirSync(isFolder ? folder + target : dirname(folder + target), { recursive: true });
    if (!isFolder) writeFileSync(folder + target, "");
  }
  for (const { path, to } of [...plan.links, ...DEVICE_LINKS]) symlinkSync(to, folder + path);
  chmodSync(folder, 0o755);
}

function fstabOf(folder: string, mnt: string, plan: RootPlan, { isRoot, tmpMb }: Layout): string {
  const tmpfs = (path: string, options: string): string =>
    `tmpfs ${escaped(mnt + path)} tmpfs nosuid,nodev,${options} 0 0\n`;
  return [
    bind(folder, mnt, isRoot),
    ...plan.binds.map(({ source, target }) => bind(source, mnt + target, isRoot)),
    ...plan.hidden.map((path) => tmpfs(path, "ro,size=4k,mode=0000")),
    ...DEVICES.map((name) => `/dev/${name} ${mnt}/dev/${name} none bind 0 0\n`),
    tmpfs("/dev/shm", `size=${SHM_MB}m,mode=1777`),
    tmpfs("/tmp", `size=${tmpMb}m,mode=1777`),
    tmpfs("/action", `size=${tmpMb}m,mode=0777`),
    `proc ${mnt}/proc proc nosuid,nodev,noexec 0 0\n`,
  ].join("");
}

/** A line of fstab. Without root, a mount that is shown again keeps the flags that it has on the host. */
function bind(source: string, target: string, isRoot: boolean): string {
  const kept = isRoot ? [] : mountFlagsOf(realpathSync(source));
  const flags = [...new Set(["bind", "ro", "nosuid", "nodev", ...kept])];
  return `${escaped(source)} ${escaped(target)} none ${flags.join(",")} 0 0\n`;
}

/** fstab writes blanks as octal numbers. */
function escaped(path: string): string {
  return path.replace(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
