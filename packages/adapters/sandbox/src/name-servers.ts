import { existsSync, readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";

/** Name servers that a sandbox can be told of. */
export interface NameServers {
  /** IPv4 addresses that are not this host's own. */
  readonly addresses: readonly string[];
  /** The `search`, `domain` and `options` lines of the host. */
  readonly otherLines: readonly string[];
  /** True when the host asks a server of its own, whose upstream servers are not known. */
  readonly onlyLocal: boolean;
}

/** Where systemd-resolved, which itself listens on loopback, lists the servers it asks. */
const UPSTREAM = "/run/systemd/resolve/resolv.conf";

/**
 * Finds servers that answer from a network of its own: a server on this host's loopback or other addresses does not,
 * because sandboxes are kept away from them.
 */
export function nameServers(files: readonly string[] = ["/etc/resolv.conf", UPSTREAM]): NameServers {
  const texts = files.filter((path) => existsSync(path)).map((path) => readFileSync(path, "utf8").split("\n"));
  const own = hostAddresses();
  const reachable = texts.map((lines) =>
    fieldsOf(lines, "nameserver").filter(
      (address) => isIPv4(address) && !address.startsWith("127.") && !own.has(address),
    ),
  );
  const addresses = reachable.find((list) => list.length > 0) ?? [];
  const otherLines = (texts[0] ?? []).filter((line) => /^(search|domain|options)\s/.test(line));
  return { addresses, otherLines, onlyLocal: addresses.length === 0 };
}

/** Text of a resolv.conf. */
export function resolvConf(addresses: readonly string[], otherLines: readonly string[]): string {
  return [...addresses.map((address) => `nameserver ${address}`), ...otherLines, ""].join("\n");
}

/** This host's IPv4 addresses but those that every host has; others may lie on the loopback interface too. */
export function hostAddresses(): Set<string> {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const v4 = all.filter(({ family }) => family === "IPv4").map(({ address }) => address);
  return new Set(v4.filter((address) => !address.startsWith("127.")));
}

function fieldsOf(lines: readonly string[], key: string): string[] {
  return lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length).trim());
}
