import { readFileSync, writeFileSync } from "node:fs";
import type { ApiEntrance, OpenEntrance } from "@meringue/core";
import type { Firewall, FirewallPlan } from "./firewall.ts";
import { iptablesFirewall } from "./firewall-iptables.ts";
import { nftFirewall } from "./firewall-nft.ts";
import type { HostNames } from "./host-names.ts";
import { type HostTools, reasonOf, runTool } from "./host-tools.ts";
import { turnOnIpForwarding } from "./ip-forwarding.ts";
import { hostAddresses, type NameServers, nameServers, resolvConf } from "./name-servers.ts";
import type { NetworkPlace, SandboxNetwork } from "./network.ts";
import { addressAt, PLACES, pickSubnet, type Subnet } from "./subnet.ts";
import { NAMESPACES, removeInterface } from "./veth-leftovers.ts";

/**
 * As root: each container has a network namespace with one cable to the host, which routes and translates for it.
 * There is no bridge, so there is no way from one container to another but through the host, and that is closed.
 * @throws Error that says what is missing
 */
export async function vethNetwork(names: HostNames, tools: HostTools, entrance: ApiEntrance): Promise<SandboxNetwork> {
  await using undo = new AsyncDisposableStack();
  const id = names.owner + names.instance;
  const host: VethHost = {
    ip: tools.need("ip"),
    nsenter: tools.need("nsenter"),
    prefix: `mg${id}-`,
    mtu: uplinkMtu(),
    subnet: await subnetFor(names, tools),
  };
  const servers = nameServers();
  const forwarding = turnOnIpForwarding(id);
  undo.defer(() => forwarding.restore());
  await addGateway(host);
  undo.defer(() => removeInterface(host.ip, gatewayNames(host.prefix)[0]));
  const residents = new Map<string, string>();
  const api = await openAt(entrance, host.subnet.gateway, (address) => residents.get(address.replace("::ffff:", "")));
  undo.defer(() => api.close());
  const plan: FirewallPlan = {
    id,
    interfacePrefix: host.prefix,
    cidr: host.subnet.cidr,
    gateway: host.subnet.gateway,
    port: api.port,
    uplinks: uplinks(),
  };
  const firewall = await raiseOne(tools, plan, undo);
  const cables = placesOf(host, `http://${host.subnet.gateway}:${api.port}`, residents);
  undo.defer(() => cables.close());
  const stack = undo.move();
  return {
    kind: "veth",
    isOwn: true,
    lines: linesFor(host, firewall, forwarding.wasOff, servers),
    resolvConf: resolvConf(servers.addresses, servers.otherLines),
    take: cables.make,
    close: () => stack.disposeAsync(),
  };
}

interface VethHost {
  readonly ip: string;
  readonly nsenter: string;
  /** Of the host's interfaces. */
  readonly prefix: string;
  readonly mtu: number;
  readonly subnet: Subnet;
}

async function subnetFor({ seed }: HostNames, tools: HostTools): Promise<Subnet> {
  const routes = await runTool([tools.need("ip"), "-4", "route", "show", "table", "all"]);
  return pickSubnet(seed, routes, [...nameServers().addresses, ...hostAddresses()]);
}

/** Containers' cables are numbered in small letters and digits: capitals are never one of theirs. */
function gatewayNames(prefix: string): readonly [used: string, otherEnd: string] {
  return [`${prefix}G`, `${prefix}H`];
}

/** The gateway's address needs an interface that stays: a cable whose two ends both lie here. */
async function addGateway({ ip, prefix, subnet }: VethHost): Promise<void> {
  const [used, otherEnd] = gatewayNames(prefix);
  await runTool(
    [ip, "-batch", "-"],
    `link add ${used} type veth peer name ${otherEnd}
link set dev ${used} addrgenmode none
link set dev ${otherEnd} addrgenmode none
addr add ${subnet.gateway}/32 dev ${used}
link set ${used} up
link set ${otherEnd} up
`,
  );
}

async function openAt(
  entrance: ApiEntrance,
  gateway: string,
  callerAt: (address: string) => string | undefined,
): Promise<OpenEntrance> {
  try {
    return await entrance.open(gateway, entrance.port, callerAt);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return entrance.open(gateway, 0, callerAt); // the API listens on every address already
  }
}

/** iptables first: its rules can stand before those of Docker and ufw, which drop what nobody let pass. */
async function raiseOne(tools: HostTools, plan: FirewallPlan, undo: AsyncDisposableStack): Promise<Firewall> {
  const reasons: string[] = [];
  for (const make of [iptablesFirewall, nftFirewall]) {
    try {
      const firewall = make(tools);
      undo.defer(() => firewall.lower(plan.id));
      await firewall.raise(plan);
      return firewall;
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  throw new Error(reasons.join("; "));
}

function placesOf({ ip, nsenter, prefix, mtu, subnet }: VethHost, apiHost: string, residents: Map<string, string>) {
  let next = 0;
  const taken = new Map<string, NetworkPlace>();
  const remove = async (address: string, namespace: string): Promise<void> => {
    if (!taken.delete(address)) return;
    residents.delete(address);
    await runTool([ip, "netns", "delete", namespace]); // the cable goes with it, both ends
  };
  async function make(): Promise<NetworkPlace> {
    const index = freeIndex();
    const address = addressAt(subnet, index);
    const namespace = `${prefix}${index.toString(36)}`;
    const place: NetworkPlace = {
      enter: [nsenter, `--net=${NAMESPACES}/${namespace}`],
      apiHost,
      async occupiedBy(container) {
        residents.set(address, container);
      },
      release: () => remove(address, namespace),
    };
    taken.set(address, place);
    try {
      await lay({ ip, subnet, mtu }, namespace, address);
    } catch (error) {
      await place.release().catch(() => undefined); // it may not have come to exist: the first failure tells more
      throw error;
    }
    return place;
  }
  function freeIndex(): number {
    do next = (next + 1) % PLACES;
    while (taken.has(addressAt(subnet, next)));
    return next;
  }
  return { make, close: async () => void (await Promise.all([...taken.values()].map((place) => place.release()))) };
}

/** Makes a namespace and its cable; both carry the same name. */
async function lay(
  { ip, subnet, mtu }: Pick<VethHost, "ip" | "subnet" | "mtu">,
  name: string,
  address: string,
): Promise<void> {
  const { gateway } = subnet;
  await runTool(
    [ip, "-batch", "-"],
    `netns add ${name}
link add ${name} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${name}
link set dev ${name} addrgenmode none
addr add ${gateway} peer ${address} dev ${name}
link set ${name} up
`,
  );
  // Strict: nothing may come out of this cable but packets from its one address. Nobody is at its other end yet.
  writeFileSync(`/proc/sys/net/ipv4/conf/${name}/rp_filter`, "1");
  await runTool(
    [ip, "-netns", name, "-batch", "-"],
    `link set dev eth0 addrgenmode none
addr add ${address} peer ${gateway} dev eth0
link set lo up
link set eth0 up
route add default via ${gateway}
`,
  );
}

/** Interfaces of the host's default routes. */
function uplinks(): string[] {
  const rows = readFileSync("/proc/net/route", "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));
  return [...new Set(rows.filter((row) => row[1] === "00000000").map((row) => row[0] ?? ""))];
}

/** The largest packet that every uplink carries: a container cannot always be told of a smaller one later. */
function uplinkMtu(): number {
  const sizes = uplinks().map((name) => Number(readFileSync(`/sys/class/net/${name}/mtu`, "utf8")));
  return Math.min(1500, ...sizes);
}

function linesFor({ subnet }: VethHost, firewall: Firewall, wasOff: boolean, servers: NameServers): string[] {
  return [
    `network: own namespace, NAT through ${uplinks().join(", ") || "no uplink"} by ${firewall.tool}, ` +
      `${subnet.cidr}; of this host only the API can be reached`,
    ...(wasOff ? ["network: net.ipv4.ip_forward was off and is on while the server runs"] : []),
    ...(servers.onlyLocal
      ? ["network: names do not resolve in containers, because this host's only name server is its own"]
      : []),
  ];
}
