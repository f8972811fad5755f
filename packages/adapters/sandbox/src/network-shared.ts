import { readFileSync } from "node:fs";
import type { ApiEntrance } from "@meringue/core";
import type { SandboxNetwork } from "./network.ts";

/**
 * The host's own network: nothing keeps containers from its services. The API gets an address of its own on loopback;
 * who calls there cannot be told.
 * @param reasons why nothing better could be had
 */
export async function sharedNetwork(entrance: ApiEntrance, reasons: readonly string[]): Promise<SandboxNetwork> {
  const api = await entrance.open("127.0.0.1", 0, () => undefined);
  const apiHost = `http://127.0.0.1:${api.port}`;
  return {
    kind: "shared",
    isOwn: false,
    lines: [
      "network: shared with this host: containers can reach what listens on its loopback",
      ...reasons.map((reason) => `network: ${reason}`),
    ],
    resolvConf: readResolvConf(),
    async take() {
      return { enter: [], apiHost, async occupiedBy() {}, async release() {} };
    },
    close: () => api.close(),
  };
}

function readResolvConf(): string {
  try {
    return readFileSync("/etc/resolv.conf", "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
