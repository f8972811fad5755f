import { readdirSync } from "node:fs";
import { iptablesFirewall } from "./firewall-iptables.ts";
import { nftFirewall } from "./firewall-nft.ts";
import { type HostNames, isOfDead } from "./host-names.ts";
import { type HostTools, runTool } from "./host-tools.ts";
import { forgetIpForwarding, ipForwardingUsers } from "./ip-forwarding.ts";

/** Where `ip netns` keeps named network namespaces. */
export const NAMESPACES = "/run/netns";
/** All our interfaces and namespaces begin with it; the owner's and the instance's letters follow. */
const PREFIX = "mg";

/** Removes namespaces, cables and rules of dead servers of the same owner, whichever tools those had. */
export async function removeVethLeftovers(names: HostNames, tools: HostTools): Promise<void> {
  const ip = tools.find("ip");
  const isDead = (name: string): boolean => name.startsWith(PREFIX) && isOfDead(names, name.slice(PREFIX.length));
  if (ip !== undefined) {
    for (const name of namespaces().filter(isDead)) await runTool([ip, "netns", "delete", name]);
    for (const name of readdirSync("/sys/class/net").filter(isDead)) await removeInterface(ip, name);
  }
  if (tools.find("iptables-save") !== undefined) await lowerDead(names, iptablesFirewall(tools));
  if (tools.find("nft") !== undefined) await lowerDead(names, nftFirewall(tools));
  for (const id of ipForwardingUsers()) if (isOfDead(names, id)) forgetIpForwarding(id);
}

async function lowerDead(names: HostNames, firewall: ReturnType<typeof nftFirewall>): Promise<void> {
  for (const id of await firewall.ids()) if (isOfDead(names, id)) await firewall.lower(id);
}

/**
 * Removes an interface, if it is there. The other end of its cable goes with it, and the kernel may take it away at any
 * moment after its namespace was deleted.
 */
export async function removeInterface(ip: string, name: string): Promise<void> {
  const isThere = (): boolean => readdirSync("/sys/class/net").includes(name);
  if (!isThere()) return;
  try {
    await runTool([ip, "link", "delete", name]);
  } catch (error) {
    if (isThere()) throw error;
  }
}

function namespaces(): string[] {
  try {
    return readdirSync(NAMESPACES);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
