import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { type HostTools, runTool, ToolFailed } from "./host-tools.ts";

/** A folder on the host, for us only, with what sandboxes show of it. It goes with the runtime. */
export interface Stage {
  readonly folder: string;
  /** @returns how many folders of dead servers of the same owner were removed. */
  removeLeftovers(): number;
  close(): void;
}

/**
 * Makes it in memory where that can be had: the first start of a server copies a thousand small files into it.
 * @param owner what begins the names of all folders of this owner
 */
export function makeStage(owner: string, isRoot: boolean): Stage {
  const parents = placesFor(isRoot);
  const parent = parents.find(isInMemory) ?? parents.find(isWritable) ?? tmpdir();
  const prefix = `meringue-${owner}-`;
  const folder = mkdtempSync(`${parent}/${prefix}`);
  const isDead = (path: string): boolean => path !== folder && statSync(path).uid === process.getuid?.();
  return {
    folder,
    removeLeftovers() {
      const dead = parents
        .filter((place) => existsSync(place))
        .flatMap((place) => readdirSync(place).map((name) => `${place}/${name}`))
        .filter((path) => path.slice(path.lastIndexOf("/") + 1).startsWith(prefix))
        .filter(isDead);
      for (const path of dead) rmSync(path, { recursive: true, force: true });
      return dead.length;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function placesFor(isRoot: boolean): string[] {
  const own = isRoot ? "/run" : process.env["XDG_RUNTIME_DIR"];
  return [...(own === undefined ? [] : [own]), "/dev/shm", tmpdir()];
}

const TMPFS = 0x0102_1994;

function isInMemory(path: string): boolean {
  return isWritable(path) && statfsSync(path).type === TMPFS;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false; // absent or not ours: the next place will do
  }
}

/** Folders of /etc that programs in /usr look into; certificates above all. Nothing in them is secret. */
const ETC_FOLDERS = [
  /^(alternatives|ca-certificates|crypto-policies|dotnet|fonts|mono|perl|pki|ssl|terminfo)$/,
  /^(java|php|python|ruby|ImageMagick)[-.\d]*(-openjdk)?$/,
];
const ETC_FILES = [
  "ld.so.cache",
  "localtime",
  "mime.types",
  "protocols",
  "services",
  "gai.conf",
  "host.conf",
  "os-release",
];
/** Inside those folders, keys belong to the host. */
const ETC_SECRETS = ["ssl/private", "pki/private", "pki/tls/private", "pki/nssdb", "pki/entitlement"];

/**
 * Makes the /etc of sandboxes: copied once, so that each sandbox needs one mount for it instead of a dozen.
 * @param ids of the action inside
 * @returns the folder
 */
export async function stageEtc(stage: Stage, tools: HostTools, ids: { uid: number; gid: number }): Promise<string> {
  const etc = `${stage.folder}/etc`;
  mkdirSync(etc);
  const names = readdirSync("/etc").filter((name) => ETC_FOLDERS.some((pattern) => pattern.test(name)));
  const files = ETC_FILES.filter((name) => existsSync(`/etc/${name}`));
  const sources = [...names, ...files].map((name) => `/etc/${name}`);
  try {
    await runTool([tools.need("cp"), "-a", "--", ...sources, etc]);
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error; // what we may not read stays out, the rest was copied
  }
  for (const secret of ETC_SECRETS) rmSync(`${etc}/${secret}`, { recursive: true, force: true });
  chmodSync(etc, 0o755);
  writeFileSync(`${etc}/hostname`, "action\n");
  writeFileSync(`${etc}/hosts`, "127.0.0.1 localhost action\n::1 localhost\n");
  writeFileSync(`${etc}/nsswitch.conf`, "passwd: files\ngroup: files\nhosts: files dns\n");
  writeFileSync(`${etc}/resolv.conf`, "");
  writeFileSync(`${etc}/passwd`, passwdText(ids.uid, ids.gid));
  writeFileSync(`${etc}/group`, groupText(ids.gid));
  return etc;
}

/** Names the users of a sandbox. @param uid of the action inside */
export function passwdText(uid: number, gid: number): string {
  return `root:x:0:0:root:/:/bin/false
nobody:x:65534:65534:nobody:/:/bin/false
action:x:${uid}:${gid}:action:/action:/bin/sh
`;
}

/** Names the groups of a sandbox. */
export function groupText(gid: number): string {
  return `root:x:0:\nnogroup:x:65534:\naction:x:${gid}:\n`;
}

/** @returns the flags of the mount that holds a host path, such as `noatime`: a bind mount without root keeps them. */
export function mountFlagsOf(path: string, mountinfo = readFileSync("/proc/self/mountinfo", "utf8")): string[] {
  const mounts = mountinfo
    .split("\n")
    .map((line) => line.split(" "))
    .filter((fields) => isBelow(path, fields[4] ?? ""));
  const deepest = mounts.toSorted((a, b) => (b[4]?.length ?? 0) - (a[4]?.length ?? 0))[0];
  const kept = ["nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime"];
  return (deepest?.[5] ?? "").split(",").filter((flag) => kept.includes(flag));
}

/** Whether `path` is `folder` or lies in it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
