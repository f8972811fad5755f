import { holdProcess } from "./held-process.ts";
import { type HostTools, ToolFailed } from "./host-tools.ts";
import { INSIDE, type UserModeStack } from "./network-user-mode.ts";
import { readProc } from "./process-tree.ts";
import { dropTo, type SandboxUser } from "./sandbox-command.ts";

/**
 * pasta, of the passt project. It makes the namespace for a command and ends with that command, which waits for the
 * end of its input: so both end with us. One port of the namespace's loopback leads to the API; nothing else leads to
 * the host, and nothing leads in.
 * @param user whom it becomes, when we are root: as root it is of no use, nor should what speaks to containers be
 */
export function pastaStack(tools: HostTools, user: SandboxUser | undefined): UserModeStack {
  const pasta = tools.need("pasta");
  const drop = user === undefined ? [] : dropTo(tools.need("setpriv"), user);
  return {
    kind: "pasta",
    async serve(apiPort) {
      const command = ["sh", "-c", "echo ready; exec cat"];
      const held = await holdProcess([...drop, ...commandLine(pasta, apiPort), "--", ...command]);
      try {
        return { pid: childOf(held.pid), apiHost: `http://127.0.0.1:${apiPort}`, stop: () => held.letGo() };
      } catch (error) {
        await held.letGo();
        throw error;
      }
    },
    lines: () => ["network: own namespace, connections made by pasta; of this host only the API can be reached"],
  };
}

function commandLine(pasta: string, apiPort: number): string[] {
  const addresses = ["-a", INSIDE.address, "-n", "24", "-g", INSIDE.gateway, "--dns-forward", INSIDE.nameServer];
  const ports = ["-t", "none", "-u", "none", "-T", String(apiPort), "-U", "none"];
  return [pasta, "-f", "-q", "-4", "--config-net", ...addresses, "--no-map-gw", ...ports];
}

/** @throws ToolFailed when the kernel does not list children, or there is none */
function childOf(pid: number): number {
  const children = readProc(`/proc/${pid}/task/${pid}/children`)?.trim().split(" ").filter(Boolean) ?? [];
  const [child] = children;
  if (child === undefined) throw new ToolFailed("the process that pasta started cannot be found");
  return Number(child);
}
