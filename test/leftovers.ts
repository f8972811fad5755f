import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { hostNames } from "../packages/adapters/sandbox/src/host-names.ts";
import { ownerId } from "../packages/server/src/owner-id.ts";

/** What on this host carries the names of a data folder or of its owner: processes, mounts, control groups, networks. */
export async function leftovers(dataDir: string): Promise<string[]> {
  return (await leftoversOf(dataDir))();
}

/** The same for a data folder that will be gone by the time somebody looks. @returns looks */
export async function leftoversOf(dataDir: string): Promise<() => string[]> {
  const id = await ownerId(dataDir);
  return () => find(dataDir, id);
}

function find(dataDir: string, id: string): string[] {
  const { owner } = hostNames(id);
  const found: string[] = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const commandLine = textOf(`/proc/${pid}/cmdline`);
    if (commandLine.includes(dataDir)) found.push(`process ${pid}: ${commandLine}`);
  }
  for (const line of textOf("/proc/mounts").split("\n")) if (line.includes(dataDir)) found.push(line);
  const groups = listOf("/sys/fs/cgroup").flatMap((tree) => listOf(`/sys/fs/cgroup/${tree}`));
  for (const name of groups) if (name.includes(`meringue-${id}`)) found.push(`control group ${name}`);
  for (const name of [...listOf("/sys/class/net"), ...listOf("/run/netns")]) {
    if (name.startsWith(`mg${owner}`)) found.push(`network ${name}`);
  }
  for (const name of listOf("/run")) if (name.startsWith(`meringue-${owner}`)) found.push(`/run/${name}`);
  return found;
}

function listOf(folder: string): string[] {
  return existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
}

/** Of a file that may go away at any moment. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
