import type { ApiEntrance, OpenEntrance } from "@meringue/core";
import type { ContainerNetwork } from "./network.ts";

/**
 * Lets containers reach the API on the host's address in their network.
 * @throws Error when that address is not this machine's.
 */
export async function openApi(entrance: ApiEntrance, network: ContainerNetwork): Promise<OpenEntrance> {
  const callerAt = (remote: string): string | undefined => network.addresses.holderOf(remote.replace(/^::ffff:/, ""));
  try {
    return await entrance.open(network.gateway, entrance.port, callerAt);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") return await entrance.open(network.gateway, 0, callerAt);
    if (code !== "EADDRNOTAVAIL") throw error;
    const where = "the Docker engine runs on another machine (or a virtual one)";
    throw new Error(`${where}: ${network.gateway}, the host's address in its network, is not ours`, { cause: error });
  }
}
