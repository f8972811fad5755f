import { writeFileSync } from "node:fs";
import { bubblewrap, type Layout } from "./bubblewrap.ts";
import type { CgroupHost } from "./cgroup.ts";
import { findCgroups } from "./find-cgroups.ts";
import type { HostNames } from "./host-names.ts";
import { type HostTools, reasonOf } from "./host-tools.ts";
import type { SandboxNetwork } from "./network.ts";
import { pastaStack } from "./network-pasta.ts";
import { sharedNetwork } from "./network-shared.ts";
import { slirp4netnsStack } from "./network-slirp4netns.ts";
import { userModeNetwork } from "./network-user-mode.ts";
import { vethNetwork } from "./network-veth.ts";
import { plainProcesses } from "./plain.ts";
import type { SandboxTool, SandboxUser } from "./sandbox-command.ts";
import type { NetworkKind, SandboxOptions, ToolKind } from "./sandbox-options.ts";
import { seccompFilter } from "./seccomp-filter.ts";
import type { Stage } from "./stage.ts";
import { unshareTool } from "./unshare.ts";

/** What is known of the host before anything is tried. */
export interface Host {
  readonly options: SandboxOptions;
  readonly tools: HostTools;
  readonly isRoot: boolean;
  readonly stage: Stage;
  readonly etc: string;
  readonly names: HostNames;
  /** A user that nobody is, another each time; undefined when we are not root and stay who we are. */
  readonly nextUser: () => SandboxUser | undefined;
}

/**
 * Runs a program in a sandbox.
 * @param network if there is one, the program connects to the API
 * @returns why the API could not be reached, undefined when it was
 * @throws Error with its complaint when not even a program that does nothing ends well
 */
export type Try = (tool: SandboxTool, network: SandboxNetwork | undefined) => Promise<string | undefined>;

/** The first tool whose sandbox runs a program, or plain processes. */
export async function chooseTool(host: Host, attempt: Try): Promise<SandboxTool> {
  const { options, tools, stage, names } = host;
  const reasons: string[] = [];
  const makers = { bwrap: bubblewrap, unshare: unshareTool };
  const wanted: readonly ToolKind[] = options.force?.tool ? [options.force.tool] : usualTools();
  for (const kind of wanted) {
    if (kind === "none") break;
    try {
      const tool = makers[kind](layoutOf(host));
      await attempt(tool, undefined);
      return tool;
    } catch (error) {
      if (options.force?.tool === kind) throw error;
      reasons.push(`processes: no sandbox by ${kind}: ${reasonOf(error)}`);
    }
  }
  return plainProcesses(tools, stage.folder, `${names.owner}/${names.instance}`, reasons);
}

function usualTools(): readonly ToolKind[] {
  return process.platform === "linux" ? ["bwrap", "unshare", "none"] : ["none"];
}

function layoutOf({ options, tools, isRoot, etc, stage }: Host): Layout {
  const filter = process.platform === "linux" ? seccompFilter(process.arch) : undefined;
  const path = `${stage.folder}/filter.bpf`;
  if (filter !== undefined) writeFileSync(path, filter);
  return {
    tools,
    isRoot,
    etc,
    scratch: stage.folder,
    tmpMb: options.tmpMb ?? 512,
    hidden: options.hidden ?? [],
    filter: filter === undefined ? undefined : path,
  };
}

/** The first network in which a program runs, or the host's own. */
export async function chooseNetwork(host: Host, tool: SandboxTool, attempt: Try): Promise<SandboxNetwork> {
  const { options, isRoot } = host;
  const reasons: string[] = [];
  const usual: readonly NetworkKind[] = isRoot ? ["veth", "pasta", "slirp4netns"] : ["pasta", "slirp4netns"];
  const wanted = options.force?.network ? [options.force.network] : tool.isolates ? usual : [];
  for (const kind of wanted) {
    if (kind === "shared") break;
    let network: SandboxNetwork | undefined;
    try {
      network = await makeNetwork(kind, host);
      const noApi = await attempt(tool, network);
      writeFileSync(`${host.etc}/resolv.conf`, network.resolvConf);
      // No reason to give up what keeps containers apart.
      return noApi === undefined ? network : withLine(network, `network: the API does not answer containers: ${noApi}`);
    } catch (error) {
      await network?.close();
      if (options.force?.network === kind) throw error;
      reasons.push(`no own namespace by ${kind}: ${reasonOf(error)}`);
    }
  }
  const network = await sharedNetwork(options.entrance, reasons);
  writeFileSync(`${host.etc}/resolv.conf`, network.resolvConf);
  return network;
}

function withLine(network: SandboxNetwork, line: string): SandboxNetwork {
  return { ...network, lines: [...network.lines, line] };
}

function makeNetwork(kind: Exclude<NetworkKind, "shared">, host: Host): Promise<SandboxNetwork> {
  const { options, tools, isRoot, names } = host;
  const { entrance } = options;
  if (kind === "veth") return vethNetwork(names, tools, entrance);
  const user = host.nextUser();
  const stack = kind === "pasta" ? pastaStack(tools, user) : slirp4netnsStack(tools, isRoot, user);
  return userModeNetwork(stack, { tools, isRoot }, entrance);
}

/** Control groups, or why there are none. */
export async function chooseLimits(host: Host): Promise<CgroupHost | string> {
  const { options, isRoot } = host;
  if (options.force?.limits === "watchdog") return "as asked";
  try {
    return await findCgroups(options.ownerId, isRoot);
  } catch (error) {
    if (options.force?.limits === "cgroup") throw error;
    return reasonOf(error);
  }
}
