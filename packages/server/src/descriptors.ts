import { closeSync, readdirSync, readFileSync, realpathSync } from "node:fs";

const LAST_STANDARD = 2;
const CLOSE_ON_EXEC = 0o2000000;
/** Descriptors that everything but connections may take: files, pipes to containers, the engine's socket. */
const KEPT_BACK = 512;
const FEWEST_CONNECTIONS = 64;
/** Where the system does not say how many there may be. */
const USUAL_LIMIT = 4_096;

/**
 * Closes what this process was started with beyond its standard streams: whoever started it may have left files open,
 * and every container would inherit them. Our own are marked as not to be inherited, which tells them apart. Linux only.
 */
export function closeInheritedDescriptors(): void {
  const channel = (process.channel as { fd?: number } | undefined)?.fd;
  const certificates = targetOf(process.env["NODE_EXTRA_CA_CERTS"] ?? "");
  for (const name of foldersOf("/proc/self/fd")) {
    const descriptor = Number(name);
    if (descriptor <= LAST_STANDARD || descriptor === channel) continue;
    const flags = /^flags:\s+([0-7]+)$/m.exec(textOf(`/proc/self/fdinfo/${name}`))?.[1];
    if (flags === undefined || (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0) continue;
    // Node reads these on a thread of its own, unmarked: it would go on with whatever got the number next.
    if (certificates !== undefined && targetOf(`/proc/self/fd/${name}`) === certificates) continue;
    closeSync(descriptor);
  }
}

/** How many connections a listener may hold at a time, so that descriptors remain for everything else. */
export function maxConnections(): number {
  const soft = /^Max open files\s+(\d+)/m.exec(textOf("/proc/self/limits"))?.[1];
  const limit = soft === undefined ? USUAL_LIMIT : Number(soft);
  return Math.max(FEWEST_CONNECTIONS, Math.floor((limit - KEPT_BACK) / 4));
}

function foldersOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not Linux
  }
}

/** The file behind a link, or behind none; undefined when it is not there. */
function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Of a file that may not be there: another system, or a descriptor that was closed meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
