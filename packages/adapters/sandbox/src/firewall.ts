/** The rules that keep sandboxes from the host and from each other, and let them out. */
export interface Firewall {
  /** `iptables` or `nft`. */
  readonly tool: string;
  /** Puts all rules in place. @throws ToolFailed */
  raise(plan: FirewallPlan): Promise<void>;
  /** Takes away the rules of this runtime. Idempotent. */
  lower(id: string): Promise<void>;
  /** Ids of the rules that exist on the host, by whomever. */
  ids(): Promise<readonly string[]>;
}

/** What the rules are about. */
export interface FirewallPlan {
  /** Names chains and tables: `[a-z0-9]`, up to 12 characters. */
  readonly id: string;
  /** The host's ends of the containers' cables all begin with this. */
  readonly interfacePrefix: string;
  readonly cidr: string;
  readonly gateway: string;
  /** The API's port on the gateway. */
  readonly port: number;
  /** The interfaces of the host's default routes. */
  readonly uplinks: readonly string[];
}

/** Where no container may go, whatever the host routes: link-local (cloud metadata), multicast, loopback. */
export const FORBIDDEN = ["169.254.0.0/16", "224.0.0.0/4", "127.0.0.0/8"];
