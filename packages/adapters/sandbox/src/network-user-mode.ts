import type { ApiEntrance } from "@meringue/core";
import { type HostTools, reasonOf, runTool } from "./host-tools.ts";
import { hostAddresses, nameServers, resolvConf } from "./name-servers.ts";
import type { NetworkPlace, SandboxNetwork } from "./network.ts";
import type { NetworkKind } from "./sandbox-options.ts";

/** Addresses inside every namespace of this sort; they mean nothing outside of it. */
export const INSIDE = { address: "10.0.2.100", gateway: "10.0.2.2", nameServer: "10.0.2.3" } as const;

/** A network namespace that a user-mode network stack serves, and the process that keeps it. */
export interface ServedNamespace {
  /** A process inside. */
  readonly pid: number;
  /** Where the API is from inside; undefined when it cannot be reached. */
  readonly apiHost: string | undefined;
  stop(): Promise<void>;
}

/** What differs between pasta and slirp4netns. */
export interface UserModeStack {
  readonly kind: NetworkKind;
  /** @param apiPort where the API listens for this one container, on the host's loopback */
  serve(apiPort: number): Promise<ServedNamespace>;
  /** Facts for the operator that are known once one was served. */
  lines(): readonly string[];
}

/**
 * Without root: each container has a network namespace served by a process of ours, which makes its connections from
 * the host. The API listens for each on a port of its own, so that it is known who calls.
 * @throws Error when a first namespace cannot be had
 */
export async function userModeNetwork(
  stack: UserModeStack,
  { nsenter, isRoot }: { readonly nsenter: string; readonly isRoot: boolean },
  entrance: ApiEntrance,
): Promise<SandboxNetwork> {
  const taken = new Set<NetworkPlace>();
  async function make(): Promise<NetworkPlace> {
    let resident: string | undefined;
    const api = await entrance.open("127.0.0.1", 0, () => resident);
    let served: ServedNamespace;
    try {
      served = await stack.serve(api.port);
    } catch (error) {
      await api.close();
      throw error;
    }
    const place: NetworkPlace = {
      enter: enterCommand(nsenter, served.pid, isRoot),
      apiHost: served.apiHost,
      occupiedBy(container) {
        resident = container;
      },
      async release() {
        if (!taken.delete(place)) return;
        await Promise.all([served.stop(), api.close()]);
      },
    };
    taken.add(place);
    return place;
  }
  await (await make()).release();
  return {
    kind: stack.kind,
    isOwn: true,
    lines: stack.lines(),
    resolvConf: resolvConf([INSIDE.nameServer], nameServers().otherLines),
    take: make,
    async close() {
      await Promise.all([...taken].map((place) => place.release()));
    },
  };
}

/** As root the namespace alone is entered; otherwise it belongs to a user namespace, to be entered with it. */
export function enterCommand(nsenter: string, pid: number, isRoot: boolean): string[] {
  const user = isRoot ? [] : ["--user", "--preserve-credentials"];
  return [nsenter, `--target=${pid}`, ...user, "--net"];
}

/**
 * Closes the ways to this host's addresses, as far as they are known now, and to link-local ones: a user-mode stack
 * connects from the host itself, to which its own addresses are near. The routes belong to the namespace's owner, so
 * containers cannot change them.
 * @returns undefined when done, else why not
 */
export async function closeWaysToHost(tools: HostTools, pid: number, isRoot: boolean): Promise<string | undefined> {
  const ip = tools.find("ip");
  if (ip === undefined) return "ip is not installed, so this host's other addresses can be reached";
  const closed = [...hostAddresses(), "169.254.0.0/16"].map((range) => `route add blackhole ${range}\n`);
  try {
    await runTool([...enterCommand(tools.need("nsenter"), pid, isRoot), ip, "-batch", "-"], closed.join(""));
    return undefined;
  } catch (error) {
    return `this host's other addresses can be reached: ${reasonOf(error)}`;
  }
}
