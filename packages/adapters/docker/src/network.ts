import { createHash } from "node:crypto";
import { type AddressPool, addressPool } from "./address-pool.ts";
import { type EngineClient, EngineError } from "./engine-client.ts";
import { OWNER_LABEL } from "./labels.ts";

/** How often another's network may come between choosing a subnet and taking it. */
const SUBNET_ATTEMPTS = 3;
const NO_TRAFFIC_BETWEEN = { "com.docker.network.bridge.enable_icc": "false" };
const BRIDGE_OPTION = "com.docker.network.bridge.name";

/** The bridge that all containers of one owner hang on, without seeing each other. */
export interface ContainerNetwork {
  readonly name: string;
  /** Name of the host's interface. */
  readonly bridge: string;
  readonly subnet: string;
  /** The host's address on it. */
  readonly gateway: string;
  readonly addresses: AddressPool;
  remove(): Promise<void>;
}

interface NetworkReport {
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null };
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Containers: Readonly<Record<string, { readonly IPv4Address: string }>> | null;
}

/**
 * Opens the network of an owner, or makes it.
 * @throws EngineError
 */
export async function openNetwork(engine: EngineClient, ownerId: string, timeoutMs: number): Promise<ContainerNetwork> {
  const name = `meringue-${ownerId}`;
  // An interface name has 15 characters at most, an owner's id may be longer.
  const bridge = `mrg${createHash("sha256").update(ownerId).digest("hex").slice(0, 10)}`;
  const network = { engine, name, bridge, ownerId, timeoutMs };
  const found = await inspect(network);
  const report = found !== undefined && isOurs(found, network) ? found : await create(network);
  const { subnet, gateway } = addressesOf(report);
  const held = Object.values(report.Containers ?? {}).map((c) => c.IPv4Address.split("/")[0] ?? "");
  return {
    name,
    bridge,
    subnet,
    gateway,
    addresses: addressPool(subnet, [gateway, ...held]),
    remove: () => remove(network),
  };
}

interface Named {
  readonly engine: EngineClient;
  readonly name: string;
  readonly bridge: string;
  readonly ownerId: string;
  readonly timeoutMs: number;
}

function isOurs(report: NetworkReport, { bridge, ownerId }: Named): boolean {
  const options = report.Options ?? {};
  const isolates = Object.entries(NO_TRAFFIC_BETWEEN).every(([key, value]) => options[key] === value);
  return report.Labels?.[OWNER_LABEL] === ownerId && options[BRIDGE_OPTION] === bridge && isolates;
}

/**
 * The engine knows which subnets are free, yet lets us choose addresses only in one that was asked for: so it is made to
 * choose one first, and asked for just that.
 */
async function create(network: Named): Promise<NetworkReport> {
  for (let attempt = 1; ; attempt += 1) {
    await remove(network);
    await post(network, {});
    const { subnet, gateway } = addressesOf(await inspect(network));
    await remove(network);
    try {
      await post(network, { IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } });
      return (await inspect(network)) as NetworkReport;
    } catch (error) {
      const refused = error instanceof EngineError && error.status !== undefined;
      if (!refused || attempt === SUBNET_ATTEMPTS) throw error;
    }
  }
}

async function post({ engine, name, bridge, ownerId, timeoutMs }: Named, ipam: object): Promise<void> {
  const body = {
    Name: name,
    CheckDuplicate: true,
    Driver: "bridge",
    Options: { ...NO_TRAFFIC_BETWEEN, [BRIDGE_OPTION]: bridge },
    Labels: { [OWNER_LABEL]: ownerId },
    ...ipam,
  };
  await engine.call("POST", "/networks/create", { body, timeoutMs });
}

async function inspect({ engine, name, timeoutMs }: Named): Promise<NetworkReport | undefined> {
  try {
    return (await engine.call("GET", `/networks/${name}`, { timeoutMs })) as NetworkReport;
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return undefined;
    throw error;
  }
}

async function remove({ engine, name, timeoutMs }: Named): Promise<void> {
  try {
    await engine.call("DELETE", `/networks/${name}`, { timeoutMs });
  } catch (error) {
    if (!(error instanceof EngineError && error.status === 404)) throw error;
  }
}

function addressesOf(report: NetworkReport | undefined): { subnet: string; gateway: string } {
  const ipv4 = report?.IPAM.Config?.find(({ Subnet }) => Subnet?.includes("."));
  if (ipv4?.Subnet === undefined || ipv4.Gateway === undefined) {
    throw new EngineError(undefined, "the Docker engine gave the containers' network no IPv4 subnet");
  }
  return { subnet: ipv4.Subnet, gateway: ipv4.Gateway };
}
