import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const SWITCH = "/proc/sys/net/ipv4/ip_forward";
const NOTES = "/run/meringue/ip-forward";

/** The host's switch for passing packets between interfaces, which sandboxes need to get out. */
export interface IpForwarding {
  /** True when it was off, and a Meringue server turned it on. */
  readonly wasOff: boolean;
  /**
   * Turns it off again if it was off before, this was the last server that needs it, and no bridge or tunnel of
   * somebody else (Docker's, say) has come meanwhile that would need it too.
   */
  restore(): void;
}

/**
 * Turns it on, and notes that it was off in a place that outlives this process: whoever of the servers goes last turns
 * it off, even if the one that turned it on was killed.
 * @param id of this runtime
 * @throws Error of the file system when it is off and may not be changed
 */
export function turnOnIpForwarding(id: string): IpForwarding {
  if (readFileSync(SWITCH, "utf8").trim() !== "0" && ipForwardingUsers().length === 0)
    return { wasOff: false, restore() {} };
  const before = foreignInterfaces();
  writeFileSync(SWITCH, "1");
  mkdirSync(NOTES, { recursive: true });
  writeFileSync(`${NOTES}/${id}`, before.join("\n"));
  return { wasOff: true, restore: () => forgetIpForwarding(id) };
}

/** Takes back what {@link turnOnIpForwarding} did for this id. Idempotent. */
export function forgetIpForwarding(id: string): void {
  if (!ipForwardingUsers().includes(id)) return;
  const before = readFileSync(`${NOTES}/${id}`, "utf8").split("\n");
  rmSync(`${NOTES}/${id}`, { force: true });
  const newcomers = foreignInterfaces().filter((name) => !before.includes(name));
  if (ipForwardingUsers().length === 0 && newcomers.length === 0) writeFileSync(SWITCH, "0");
}

/** Ids of runtimes that need it and found it off. */
export function ipForwardingUsers(): string[] {
  try {
    return readdirSync(NOTES);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function foreignInterfaces(): string[] {
  return readdirSync("/sys/class/net").filter((name) => !name.startsWith("mg"));
}
