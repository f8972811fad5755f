import type { ApiEntrance } from "@meringue/core";
import type { HostTools } from "./host-tools.ts";
import { nameServers, resolvConf } from "./name-servers.ts";
import type { NetworkPlace, SandboxNetwork } from "./network.ts";
import type { NetworkKind } from "./sandbox-options.ts";
import { closeOrSay, type WaysToHost, waysToHost } from "./ways-to-host.ts";

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

/** How long an address that this host gets may be open to containers that run already, in milliseconds. */
const LOOK_MS = 2_000;

/**
 * Without root: each container has a network namespace served by a process of ours, which makes its connections from
 * the host. The API listens for each on a port of its own, so that it is known who calls.
 * @throws Error when a first namespace cannot be had
 */
export async function userModeNetwork(
  stack: UserModeStack,
  { tools, isRoot }: { readonly tools: HostTools; readonly isRoot: boolean },
  entrance: ApiEntrance,
): Promise<SandboxNetwork> {
  const nsenter = tools.need("nsenter");
  const taken = new Map<NetworkPlace, WaysToHost | undefined>();
  let openWays: string | undefined;

  async function make(): Promise<NetworkPlace> {
    await using undo = new AsyncDisposableStack();
    let resident: string | undefined;
    const api = await entrance.open("127.0.0.1", 0, () => resident);
    undo.defer(() => api.close());
    const served = await stack.serve(api.port);
    undo.defer(() => served.stop());
    const enter = enterCommand(nsenter, served.pid, isRoot);
    const ways = await closeOrSay(() => waysToHost(tools, enter));
    openWays = typeof ways === "string" ? ways : undefined;
    const release = undo.move();
    const place: NetworkPlace = {
      enter,
      apiHost: served.apiHost,
      async occupiedBy(container) {
        resident = container;
        await taken.get(place)?.close();
      },
      async release() {
        if (taken.delete(place)) await release.disposeAsync();
      },
    };
    taken.set(place, typeof ways === "string" ? undefined : ways);
    return place;
  }
  await (await make()).release();
  const looking = setInterval(() => {
    // What fails here is tried again at the next look, and fails whoever wants to move in.
    for (const ways of taken.values()) ways?.close().catch(() => undefined);
  }, LOOK_MS).unref();
  return {
    kind: stack.kind,
    isOwn: true,
    lines: [...stack.lines(), ...(openWays === undefined ? [] : [`network: ${openWays}`])],
    resolvConf: resolvConf([INSIDE.nameServer], nameServers().otherLines),
    take: make,
    async close() {
      clearInterval(looking);
      await Promise.all([...taken.keys()].map((place) => place.release()));
    },
  };
}

/** As root the namespace alone is entered; otherwise it belongs to a user namespace, to be entered with it. */
export function enterCommand(nsenter: string, pid: number, isRoot: boolean): string[] {
  const user = isRoot ? [] : ["--user", "--preserve-credentials"];
  return [nsenter, `--target=${pid}`, ...user, "--net"];
}
