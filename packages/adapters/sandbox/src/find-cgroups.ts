import { readFileSync } from "node:fs";
import { type CgroupHost, makeFolder } from "./cgroup.ts";
import { cgroupV1 } from "./cgroup-v1.ts";
import { cgroupV2, divide } from "./cgroup-v2.ts";
import { runTool } from "./host-tools.ts";

/** What the kernel says about mounts and our own groups. */
export interface CgroupSources {
  /** Text of /proc/self/mounts. */
  readonly mounts: string;
  /** Text of /proc/self/cgroup. */
  readonly own: string;
}

/** Reads {@link CgroupSources} from /proc. */
export function cgroupSources(): CgroupSources {
  return { mounts: readFileSync("/proc/self/mounts", "utf8"), own: readFileSync("/proc/self/cgroup", "utf8") };
}

const V1_CONTROLLERS = ["memory", "pids", "cpu", "freezer"] as const;

/**
 * Finds where we may make groups, and tries it. Root makes them at the top of the tree; anybody else below the group
 * that a service manager delegated to this process. On hosts with both generations the first holds the controllers.
 * @param ownerId the folder is called `meringue-<ownerId>`
 * @throws Error that says why there can be no limits by groups
 */
export async function findCgroups(
  ownerId: string,
  isRoot: boolean,
  sources: CgroupSources = cgroupSources(),
): Promise<CgroupHost> {
  const owner = `meringue-${ownerId}`;
  const v1 = V1_CONTROLLERS.map((name) => v1Folder(name, isRoot, sources));
  if (v1.every((folder) => folder !== undefined)) {
    const [memory, pids, cpu, freezer] = v1.map((folder) => `${folder}/${owner}`) as [string, string, string, string];
    return tried(cgroupV1({ memory, pids, cpu, freezer }));
  }
  const v2 = v2Folder(isRoot, sources);
  if (v2 === undefined) throw new Error("no cgroup file system with a memory controller is mounted");
  await divide(v2);
  makeFolder(`${v2}/${owner}`);
  await divide(`${v2}/${owner}`);
  return tried(cgroupV2(`${v2}/${owner}`));
}

async function tried(host: CgroupHost): Promise<CgroupHost> {
  try {
    const group = host.make(`probe-${process.pid}`);
    try {
      group.limit({ memoryMb: 64, pids: 16, cpuShares: 2 });
      await runTool(["sh", "-c", 'for file; do echo 0 >"$file" || exit 1; done', "sh", ...group.joinFiles]);
    } finally {
      await group.remove();
    }
    return host;
  } catch (error) {
    host.close();
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["EACCES", "EPERM", "EROFS"].includes(code)) throw new Error("none was delegated to us", { cause: error });
    throw error;
  }
}

function v1Folder(controller: string, isRoot: boolean, { mounts, own }: CgroupSources): string | undefined {
  const mount = mountsOf(mounts, "cgroup").find(({ options }) => options.includes(controller));
  if (mount === undefined) return undefined;
  const group = groupsOf(own).find(({ controllers }) => controllers.includes(controller))?.path ?? "/";
  return isRoot ? mount.folder : join(mount.folder, group);
}

function v2Folder(isRoot: boolean, { mounts, own }: CgroupSources): string | undefined {
  const folder = mountsOf(mounts, "cgroup2")[0]?.folder;
  if (folder === undefined) return undefined;
  return isRoot ? folder : join(folder, groupsOf(own).find(({ controllers }) => controllers[0] === "")?.path ?? "/");
}

const join = (folder: string, path: string): string => (path === "/" ? folder : folder + path);

function mountsOf(text: string, type: string): { folder: string; options: readonly string[] }[] {
  return text
    .split("\n")
    .map((line) => line.split(" "))
    .filter((fields) => fields[2] === type)
    .map((fields) => ({ folder: fields[1] ?? "", options: (fields[3] ?? "").split(",") }));
}

function groupsOf(text: string): { controllers: readonly string[]; path: string }[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [, controllers = "", path = "/"] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      return { controllers: controllers.split(","), path };
    });
}
