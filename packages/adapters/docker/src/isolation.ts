import { readFile } from "node:fs/promises";
import type { IsolationReport } from "@meringue/core";
import { CAPABILITIES, PIDS_LIMIT } from "./container-request.ts";
import type { EngineClient } from "./engine-client.ts";
import type { HostGuard } from "./host-guard.ts";
import type { ContainerNetwork } from "./network.ts";

/** Whether what crosses a bridge passes the firewall at all: without it, the engine's rule between containers is void. */
const BRIDGE_FILTER_PATH = "/proc/sys/net/bridge/bridge-nf-call-iptables";

interface EngineInfo {
  readonly ServerVersion: string;
  readonly MemoryLimit: boolean;
  readonly SwapLimit: boolean;
  readonly PidsLimit: boolean;
  readonly SecurityOptions: readonly string[] | null;
}

/** Tells what separates containers from each other and from the host, as far as the engine can say. */
export async function isolationReport(
  engine: EngineClient,
  network: ContainerNetwork,
  guard: HostGuard,
  timeoutMs: number,
): Promise<IsolationReport> {
  const info = (await engine.call("GET", "/info", { timeoutMs })) as EngineInfo;
  const apart = await keepsBridgeTrafficApart();
  const security = (info.SecurityOptions ?? []).map((option) => option.replace(/^name=|,.*$/g, "")).join(", ");
  const full = info.MemoryLimit && info.PidsLimit && apart && guard.closed;
  return {
    level: full ? "full" : "partial",
    lines: [
      `engine: Docker ${info.ServerVersion}; ${security || "no security options"}`,
      "files: every container has its image's own root; what it writes there is not limited in size",
      `processes: own; ${info.PidsLimit ? `at most ${PIDS_LIMIT}` : "NOT limited in number: this kernel cannot"}`,
      `privileges: none can be gained; root in an image keeps ${CAPABILITIES.join(", ")}`,
      `memory: ${memoryLine(info)}`,
      `network: ${network.subnet} on ${network.bridge}; ${
        apart ? "containers do not reach each other" : `containers REACH EACH OTHER: ${BRIDGE_FILTER_PATH} is not 1`
      }`,
      guard.line,
    ],
  };
}

function memoryLine({ MemoryLimit, SwapLimit }: EngineInfo): string {
  if (!MemoryLimit) return "NOT limited: this kernel cannot";
  return SwapLimit ? "limited, without swap" : "limited; this kernel cannot limit swap";
}

async function keepsBridgeTrafficApart(): Promise<boolean> {
  try {
    return (await readFile(BRIDGE_FILTER_PATH, "utf8")).trim() === "1";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
