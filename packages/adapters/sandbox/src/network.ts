import type { NetworkKind } from "./sandbox-options.ts";

/** One container's place in the network. */
export interface NetworkPlace {
  /** Words of a command that enter it, in front of whatever makes the sandbox. Empty: stay where we are. */
  readonly enter: readonly string[];
  /** Where the API is from in here, as a URL without a path; undefined when it cannot be reached. */
  readonly apiHost: string | undefined;
  /**
   * Says which container lives here, before anything runs in it: its calls to the API are then known to be its own.
   * @throws Error when the place cannot be made safe for it.
   */
  occupiedBy(container: string): Promise<void>;
  /** Destroys the place. Idempotent. */
  release(): Promise<void>;
}

/** How the sandboxes of one runtime reach the network. */
export interface SandboxNetwork {
  readonly kind: NetworkKind;
  /** Facts for the operator. */
  readonly lines: readonly string[];
  /** Text of /etc/resolv.conf inside. */
  readonly resolvConf: string;
  /** Whether a sandbox has a network namespace of its own, and with it its own loopback and abstract sockets. */
  readonly isOwn: boolean;
  /** @throws Error when the host refuses. */
  take(): Promise<NetworkPlace>;
  /** Removes everything it made, taken places included. */
  close(): Promise<void>;
}
