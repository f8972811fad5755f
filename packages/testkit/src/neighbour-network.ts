import { execFile, execFileSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { promisify } from "node:util";

const run = promisify(execFile);
const WITH_ADMIN_PROGRAMS = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

/**
 * Another machine, as far as networks go: a network namespace with one cable to this host. What listens in it is reached
 * at an address that is not the host's.
 */
export interface NeighbourNetwork {
  /** IPv4, in 198.18.0.0/15, which is set aside for tests. */
  readonly address: string;
  /** What to put in front of a program's command line to run it there, as root. */
  readonly command: readonly string[];
  /** What runs there must have ended. */
  remove(): Promise<void>;
}

/** @returns undefined when {@link neighbourNetwork} can work here, else why not, in one sentence without a period. */
export function neighbourNetworkUnavailable(): string | undefined {
  if (process.platform !== "linux") return "a network namespace takes Linux";
  if (process.getuid?.() !== 0) return "a network namespace takes root to make";
  try {
    execFileSync("unshare", ["--net", "ip", "link"], { stdio: "ignore", env: WITH_ADMIN_PROGRAMS });
    return undefined;
  } catch {
    return "network namespaces are not permitted, or iproute2 is not installed";
  }
}

/** @throws Error with what `ip` complained of; nothing is left then. */
export async function neighbourNetwork(): Promise<NeighbourNetwork> {
  const name = `mgt${randomBytes(5).toString("hex")}`; // interfaces' names have 15 characters at most
  const [here, there] = [`${name}0`, `${name}1`];
  const subnet = `198.${18 + randomInt(2)}.${randomInt(256)}`;
  const first = randomInt(64) * 4;
  const [hostAddress, address] = [`${subnet}.${first + 1}`, `${subnet}.${first + 2}`];
  const remove = async (): Promise<void> => {
    await allowForwarding("-D", here);
    await ip(["netns", "delete", name]); // its cable goes with it
  };
  await ip(["netns", "add", name]);
  try {
    await ip(["link", "add", here, "type", "veth", "peer", "name", there, "netns", name]);
    await ip(["address", "add", `${hostAddress}/30`, "dev", here]);
    await ip(["link", "set", here, "up"]);
    await ip(["-n", name, "address", "add", `${address}/30`, "dev", there]);
    await ip(["-n", name, "link", "set", there, "up"]);
    await ip(["-n", name, "link", "set", "lo", "up"]);
    await ip(["-n", name, "route", "add", "default", "via", hostAddress]);
    await allowForwarding("-I", here);
  } catch (error) {
    await ip(["netns", "delete", name]);
    throw error;
  }
  return { address, command: ["ip", "netns", "exec", name], remove };
}

async function ip(words: readonly string[]): Promise<void> {
  await run("ip", words, { env: WITH_ADMIN_PROGRAMS });
}

/** A host with Docker forwards only what it is told to; where there is no iptables, nobody has told it anything. */
async function allowForwarding(verb: "-I" | "-D", link: string): Promise<void> {
  for (const direction of ["-i", "-o"]) {
    try {
      await run("iptables", ["-w", verb, "FORWARD", direction, link, "-j", "ACCEPT"], { env: WITH_ADMIN_PROGRAMS });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}
