import { type Firewall, type FirewallPlan, FORBIDDEN } from "./firewall.ts";
import { type HostTools, runTool } from "./host-tools.ts";

const PREFIX = "meringue_";

/**
 * One table of our own. What it drops is dropped, whatever other tables say; what it lets pass, they may still drop.
 */
export function nftFirewall(tools: HostTools): Firewall {
  const nft = tools.need("nft");
  return {
    tool: "nft",
    async raise(plan) {
      await runTool([nft, "-f", "-"], rules(plan));
    },
    async lower(id) {
      // Adding first makes it exist, so that taking it away cannot fail.
      await runTool([nft, "-f", "-"], `add table inet ${PREFIX}${id}\ndelete table inet ${PREFIX}${id}\n`);
    },
    async ids() {
      const tables = await runTool([nft, "list", "tables", "inet"]);
      return [...tables.matchAll(/\bmeringue_([a-z0-9]+)/g)].map(([, id]) => id ?? "");
    },
  };
}

function rules(plan: FirewallPlan): string {
  const ours = `"${plan.interfacePrefix}*"`;
  return `table inet ${PREFIX}${plan.id} {
  chain guard {
    type filter hook prerouting priority -310; policy accept;
    iifname != ${ours} accept
    meta nfproto ipv6 drop
    ip saddr != ${plan.cidr} drop
    fib saddr . iif oif missing drop
    ip daddr ${plan.gateway} tcp dport ${plan.port} accept
    fib daddr type { local, broadcast, anycast, multicast } drop
    ip daddr { ${[plan.cidr, ...FORBIDDEN].join(", ")} } drop
  }
  chain inwards {
    type filter hook forward priority -10; policy accept;
    oifname != ${ours} accept
    ct state established,related accept
    drop
  }
  chain outwards {
    type nat hook postrouting priority 100; policy accept;
    ip saddr ${plan.cidr} oifname != ${ours} masquerade
  }
}
`;
}
