import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
/** A tool that hangs must not hang the start, in milliseconds. */
const TOOL_TIMEOUT_MS = 10_000;

/** What containers may reach on the host itself, and of each other. */
export interface HostGuard {
  /** Whether it stands: anything but the API is refused. */
  readonly closed: boolean;
  /** The same, for people. */
  readonly line: string;
  remove(): Promise<void>;
}

export interface GuardedHost {
  /** The interface that containers come in by. */
  readonly bridge: string;
  /** The one address and port that they may call. */
  readonly gateway: string;
  readonly port: number;
}

/** A way to keep containers from the host; `put` replaces what an earlier process put. */
export interface Firewall {
  readonly tool: string;
  put(host: GuardedHost): Promise<void>;
  remove(host: GuardedHost): Promise<void>;
}

/**
 * Refuses what containers send to each other, and to the host except answers and calls of the API. What they send
 * through the host, to other machines, is left alone. The engine is asked to keep containers apart as well; this does
 * not depend on whether it was told to leave the firewall alone.
 */
export async function guardHost(host: GuardedHost, firewalls: readonly Firewall[] = FIREWALLS): Promise<HostGuard> {
  if (process.getuid?.() !== 0) return unguarded("that takes root");
  const failures: string[] = [];
  for (const firewall of firewalls) {
    try {
      await firewall.put(host);
      return {
        closed: true,
        line: `host: containers reach ${host.gateway}:${host.port} (the API) and nothing else on this machine (${firewall.tool})`,
        remove: () => firewall.remove(host),
      };
    } catch (error) {
      failures.push(`${firewall.tool}: ${why(error)}`);
    }
  }
  return unguarded(failures.join("; "));
}

/** No rules at all, and why. */
export function unguarded(reason: string): HostGuard {
  const line = `host: containers reach every service on this machine that listens on all addresses; no firewall rules, ${reason}`;
  return { closed: false, line, remove: async () => {} };
}

function why(error: unknown): string {
  const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
  return code === "ENOENT" ? "not installed" : (stderr?.trim().split("\n")[0] || message).slice(0, 200);
}

function tool(name: string, ...args: string[]): Promise<unknown> {
  return run(name, args, { timeout: TOOL_TIMEOUT_MS });
}

const nft: Firewall = {
  tool: "nft",
  async put({ bridge, gateway, port }) {
    const table = `inet meringue_${bridge}`;
    // One transaction: there is no moment without the rules.
    await tool(
      "nft",
      `add table ${table}; delete table ${table};
       table ${table} {
         chain input {
           type filter hook input priority -10; policy accept;
           iifname != "${bridge}" accept
           ct state established,related accept
           ip daddr ${gateway} tcp dport ${port} accept
           meta l4proto tcp reject with tcp reset
           reject with icmpx type admin-prohibited
         }
         chain forward {
           type filter hook forward priority -10; policy accept;
           iifname "${bridge}" oifname "${bridge}" drop
         }
       }`,
    );
  },
  async remove({ bridge }) {
    const table = `inet meringue_${bridge}`;
    await tool("nft", `add table ${table}; delete table ${table};`);
  },
};

const iptables: Firewall = {
  tool: "iptables",
  async put(host) {
    await iptables.remove(host);
    for (const { chain, hook, from, rules } of chainsOf(host)) {
      await rule("-N", chain);
      for (const each of rules) await rule("-A", chain, ...each);
      await rule("-I", hook, "1", ...from, "-j", chain);
    }
  },
  async remove(host) {
    const { stdout } = await run("iptables", ["-w", "-S"], { timeout: TOOL_TIMEOUT_MS });
    const present = stdout.split("\n");
    for (const { chain, hook, from } of chainsOf(host)) {
      if (present.includes(`-A ${[hook, ...from].join(" ")} -j ${chain}`)) await rule("-D", hook, ...from, "-j", chain);
      if (!present.includes(`-N ${chain}`)) continue;
      await rule("-F", chain);
      await rule("-X", chain);
    }
  },
};

interface Chain {
  readonly chain: string;
  readonly hook: "INPUT" | "FORWARD";
  readonly from: readonly string[];
  readonly rules: readonly (readonly string[])[];
}

function chainsOf({ bridge, gateway, port }: GuardedHost): readonly Chain[] {
  return [
    {
      chain: `MERINGUE-I-${bridge}`,
      hook: "INPUT",
      from: ["-i", bridge],
      rules: [
        ["-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED", "-j", "RETURN"],
        ["-d", gateway, "-p", "tcp", "--dport", String(port), "-j", "RETURN"],
        ["-j", "REJECT"],
      ],
    },
    { chain: `MERINGUE-F-${bridge}`, hook: "FORWARD", from: ["-i", bridge, "-o", bridge], rules: [["-j", "DROP"]] },
  ];
}

function rule(...args: string[]): Promise<unknown> {
  return tool("iptables", "-w", ...args);
}

/** All that are known, the preferred one first. */
export const FIREWALLS: readonly Firewall[] = [nft, iptables];
