import { type Firewall, type FirewallPlan, FORBIDDEN } from "./firewall.ts";
import { type HostTools, runTool, ToolFailed } from "./host-tools.ts";

const PREFIX = "MERINGUE-";
const TABLES = ["raw", "filter", "nat"] as const;

/**
 * Chains of our own, reached from the built-in ones. What is forbidden is dropped before routing, where no rule of
 * others has spoken yet. What is allowed stands first in FORWARD and INPUT: Docker and ufw drop there by policy.
 */
export function iptablesFirewall(tools: HostTools): Firewall {
  const v4 = {
    run: tools.need("iptables"),
    restore: tools.need("iptables-restore"),
    save: tools.need("iptables-save"),
  };
  const restore6 = tools.find("ip6tables-restore");
  return {
    tool: "iptables",
    async raise(plan) {
      await runTool([v4.restore, "--noflush", "--wait"], rules(plan));
      // Cables carry no IPv6 addresses at all; this is the second lock, and not every host has the first's hinges.
      if (restore6 !== undefined) await quietly(runTool([restore6, "--noflush", "--wait"], rules6(plan)));
    },
    async lower(id) {
      await remove(v4.run, v4.save, id);
      const run6 = tools.find("ip6tables");
      const save6 = tools.find("ip6tables-save");
      if (run6 !== undefined && save6 !== undefined) await quietly(remove(run6, save6, id));
    },
    async ids() {
      const saved = await Promise.all(TABLES.map((table) => runTool([v4.save, "-t", table])));
      return [
        ...new Set(saved.flatMap((text) => [...text.matchAll(/^:MERINGUE-([a-z0-9]+)/gm)].map(([, id]) => id ?? ""))),
      ];
    },
  };
}

/** IPv6 may be switched off on the host altogether; then there is nothing to keep out. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error;
  }
}

/** Takes away each rule that leads to or stands in our chains, then the chains. */
async function remove(run: string, save: string, id: string): Promise<void> {
  for (const table of TABLES) {
    const saved = (await runTool([save, "-t", table])).split("\n");
    const chain = `${PREFIX}${id}`;
    if (!saved.some((line) => line.startsWith(`:${chain} `))) continue;
    const jumps = saved.filter((line) => line.startsWith("-A ") && line.endsWith(` -j ${chain}`));
    for (const jump of jumps) {
      const [, parent = "", ...match] = jump.split(" ");
      await runTool([run, "--wait", "-t", table, "-D", parent, ...match]);
    }
    await runTool([run, "--wait", "-t", table, "-F", chain]);
    await runTool([run, "--wait", "-t", table, "-X", chain]);
  }
}

function rules(plan: FirewallPlan): string {
  const chain = `${PREFIX}${plan.id}`;
  const ours = `${plan.interfacePrefix}+`;
  const drop = (match: string): string => `-A ${chain} ${match} -j DROP`;
  return [
    "*raw",
    `:${chain} -`,
    `-I PREROUTING -i ${ours} -j ${chain}`,
    drop(`! -s ${plan.cidr}`),
    drop("-m rpfilter --invert"),
    `-A ${chain} -d ${plan.gateway} -p tcp --dport ${plan.port} -j RETURN`,
    ...["LOCAL", "BROADCAST", "ANYCAST", "MULTICAST"].map((type) => drop(`-m addrtype --dst-type ${type}`)),
    ...[plan.cidr, ...FORBIDDEN].map((range) => drop(`-d ${range}`)),
    "COMMIT",
    "*filter",
    `:${chain} -`,
    `-I FORWARD -j ${chain}`,
    `-I INPUT -j ${chain}`,
    // To us: only what the host's sandboxes asked for themselves.
    `-A ${chain} -o ${ours} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    drop(`-o ${ours}`),
    ...plan.uplinks.map((uplink) => `-A ${chain} -i ${ours} -o ${uplink} -j ACCEPT`),
    `-A ${chain} -i ${ours} -d ${plan.gateway} -p tcp --dport ${plan.port} -j ACCEPT`,
    "COMMIT",
    "*nat",
    `:${chain} -`,
    `-I POSTROUTING -j ${chain}`,
    `-A ${chain} -s ${plan.cidr} ! -o ${ours} -j MASQUERADE`,
    "COMMIT",
    "",
  ].join("\n");
}

function rules6(plan: FirewallPlan): string {
  const chain = `${PREFIX}${plan.id}`;
  const ours = `${plan.interfacePrefix}+`;
  return ["*raw", `:${chain} -`, `-I PREROUTING -i ${ours} -j ${chain}`, `-A ${chain} -j DROP`, "COMMIT", ""].join(
    "\n",
  );
}
