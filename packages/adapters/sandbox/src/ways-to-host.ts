import { type HostTools, reasonOf, runTool } from "./host-tools.ts";
import { hostAddresses } from "./name-servers.ts";

/** The ways from one network namespace to this host's own addresses and to link-local ones. */
export interface WaysToHost {
  /**
   * Closes those that are not closed yet. Costs nothing when this host has no new address.
   * @throws ToolFailed when the host refuses; they are tried again the next time.
   */
  close(): Promise<void>;
}

const LINK_LOCAL = "169.254.0.0/16";

/**
 * A user-mode stack connects from the host itself, to which its own addresses are near. So each gets a route into
 * nowhere. Routes belong to the namespace's owner: containers cannot change them. Addresses come and go while a
 * namespace lives (a bridge of Docker, a tunnel), so the host is asked again each time.
 * @param enter words of a command that enters the namespace
 * @param addresses this host's addresses now
 * @throws ToolFailed when `ip` is missing
 */
export function waysToHost(
  tools: HostTools,
  enter: readonly string[],
  addresses: () => Iterable<string> = hostAddresses,
): WaysToHost {
  const ip = tools.need("ip");
  const closed = new Set<string>();
  let turn: Promise<void> = Promise.resolve();

  async function closeNew(): Promise<void> {
    const open = [...addresses(), LINK_LOCAL].filter((range) => !closed.has(range));
    if (open.length === 0) return;
    const routes = open.map((range) => `route replace blackhole ${range}\n`);
    await runTool([...enter, ip, "-batch", "-"], routes.join(""));
    for (const range of open) closed.add(range);
  }
  return {
    close() {
      turn = turn.then(closeNew, closeNew);
      return turn;
    },
  };
}

/** @returns why the host's addresses stay open in a namespace; undefined when they were closed. */
export async function closeOrSay(ways: () => WaysToHost): Promise<WaysToHost | string> {
  try {
    const made = ways();
    await made.close();
    return made;
  } catch (error) {
    return `this host's other addresses can be reached: ${reasonOf(error)}`;
  }
}
