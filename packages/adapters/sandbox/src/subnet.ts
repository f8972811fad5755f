/** A network of 65536 addresses for the sandboxes of one runtime. */
export interface Subnet {
  /** First two numbers, such as `10.213`. */
  readonly prefix: string;
  /** Such as `10.213.0.0/16`. */
  readonly cidr: string;
  /** The host's own address in it. */
  readonly gateway: string;
}

/** Addresses for containers: all but the first and the last 256, which keeps clear of what looks special. */
export const PLACES = 65_024;

/** @param index 0 to {@link PLACES} - 1 */
export function addressAt(subnet: Subnet, index: number): string {
  const number = index + 256;
  return `${subnet.prefix}.${number >> 8}.${number & 255}`;
}

/**
 * Picks a private network that touches none that the host routes, nor any of the addresses in use.
 * @param seed where to begin, so that two owners on one host rarely begin alike
 * @param routes lines of `ip -4 route show table all`
 * @param inUse further IPv4 addresses to keep clear of, such as name servers
 * @throws Error when the host's routes leave none
 */
export function pickSubnet(seed: number, routes: string, inUse: readonly string[]): Subnet {
  const taken = [...rangesOf(routes), ...inUse.map((address) => rangeOf(`${address}/32`))];
  const prefix = candidates(seed).find((candidate) => {
    const range = rangeOf(`${candidate}.0.0/16`);
    return !taken.some((other) => other.first <= range.last && range.first <= other.last);
  });
  if (prefix === undefined) throw new Error("the host's routes cover all private networks");
  return { prefix, cidr: `${prefix}.0.0/16`, gateway: `${prefix}.0.1` };
}

/** The upper half of 10.0.0.0/8 first: homes and offices count from below. Then the rest of it, then 172.16.0.0/12. */
function candidates(seed: number): string[] {
  const turn = (count: number, from: number): number[] =>
    Array.from({ length: count }, (_, step) => from + ((seed + step) % count));
  return [
    ...[...turn(128, 128), ...turn(128, 0)].map((second) => `10.${second}`),
    ...turn(16, 16).map((second) => `172.${second}`),
  ];
}

interface Range {
  readonly first: number;
  readonly last: number;
}

function rangesOf(routes: string): Range[] {
  return [...routes.matchAll(/\b\d+\.\d+\.\d+\.\d+(?:\/\d+)?/g)]
    .map(([text]) => rangeOf(text.includes("/") ? text : `${text}/32`))
    .filter(({ first, last }) => last - first < 2 ** 25); // larger ones are default routes, cut in halves as VPNs do
}

function rangeOf(cidr: string): Range {
  const [address = "", bits = "32"] = cidr.split("/");
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}
