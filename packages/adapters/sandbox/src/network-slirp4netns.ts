import { type HeldProcess, holdProcess } from "./held-process.ts";
import { type HostTools, reasonOf, runTool } from "./host-tools.ts";
import { enterCommand, INSIDE, type ServedNamespace, type UserModeStack } from "./network-user-mode.ts";
import { dropTo, type SandboxUser } from "./sandbox-command.ts";

/**
 * slirp4netns serves a namespace that another process keeps. It can show the host's loopback whole or not at all;
 * so it shows it, and packet filter rules inside the namespace, which containers cannot change, leave the API's port.
 * Where there can be no such rules it shows nothing, and the API cannot be reached.
 * @param user whom it becomes, when we are root
 */
export function slirp4netnsStack(tools: HostTools, isRoot: boolean, user: SandboxUser | undefined): UserModeStack {
  const slirp = tools.need("slirp4netns");
  const drop = user === undefined ? [] : dropTo(tools.need("setpriv"), user);
  let noApi: string | undefined;

  async function serve(apiPort: number): Promise<ServedNamespace> {
    const spaces = ["--user", "--map-root-user", "--net"];
    const keeper = await holdProcess([...drop, tools.need("unshare"), ...spaces, "sh", "-c", "echo ready; exec cat"]);
    let server: HeldProcess | undefined;
    try {
      noApi = await leaveOnlyApi(tools, keeper.pid, isRoot, apiPort);
      server = await holdProcess([...drop, ...commandLine(slirp, keeper.pid, noApi !== undefined)], "pipe");
    } catch (error) {
      await server?.letGo();
      await keeper.letGo();
      throw error;
    }
    const both = [server, keeper];
    return {
      pid: keeper.pid,
      apiHost: noApi === undefined ? `http://${INSIDE.gateway}:${apiPort}` : undefined,
      stop: async () => void (await Promise.all(both.map((held) => held.letGo()))),
    };
  }

  return {
    kind: "slirp4netns",
    serve,
    lines: () => [
      "network: own namespace, connections made by slirp4netns",
      ...(noApi === undefined ? [] : [`network: the API cannot be reached from containers: ${noApi}`]),
    ],
  };
}

function commandLine(slirp: string, pid: number, hideHost: boolean): string[] {
  const hide = hideHost ? ["--disable-host-loopback"] : [];
  // It writes one byte to stdout when it is ready, and ends when descriptor 3 is closed.
  return [slirp, "--configure", "--ready-fd=1", "--exit-fd=3", "--mtu=65520", ...hide, String(pid), "tap0"];
}

/** @returns undefined when done, else why not */
async function leaveOnlyApi(tools: HostTools, pid: number, isRoot: boolean, port: number): Promise<string | undefined> {
  const enter = enterCommand(tools.need("nsenter"), pid, isRoot);
  const reasons: string[] = [];
  for (const attempt of [byNft, byIptables]) {
    try {
      const { argv, input } = attempt(tools, port);
      await runTool([...enter, ...argv], input);
      return undefined;
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  return reasons.join("; ");
}

interface RuleCommand {
  readonly argv: readonly string[];
  readonly input: string;
}

function byNft(tools: HostTools, port: number): RuleCommand {
  const { gateway, nameServer } = INSIDE;
  return {
    argv: [tools.need("nft"), "-f", "-"],
    input: `table ip meringue {
  chain out {
    type filter hook output priority 0; policy accept;
    ip daddr ${gateway} tcp dport ${port} accept
    ip daddr ${nameServer} meta l4proto { tcp, udp } th dport 53 accept
    ip daddr { ${gateway}, ${nameServer} } drop
  }
}
`,
  };
}

function byIptables(tools: HostTools, port: number): RuleCommand {
  const { gateway, nameServer } = INSIDE;
  const lines = [
    "*filter",
    `-A OUTPUT -d ${gateway} -p tcp --dport ${port} -j ACCEPT`,
    `-A OUTPUT -d ${nameServer} -p udp --dport 53 -j ACCEPT`,
    `-A OUTPUT -d ${nameServer} -p tcp --dport 53 -j ACCEPT`,
    `-A OUTPUT -d ${gateway} -j DROP`,
    `-A OUTPUT -d ${nameServer} -j DROP`,
    "COMMIT",
    "",
  ];
  return { argv: [tools.need("iptables-restore")], input: lines.join("\n") };
}
