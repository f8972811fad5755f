/** How actions of one kind are run in a sandbox: a program that speaks the launcher protocol, and what it needs. */
export interface Launcher {
  /** Program and arguments, as paths inside the sandbox. */
  readonly argv: readonly string[];
  /** Host folders or files that the program needs, shown read-only inside. What lies in /usr needs no entry. */
  readonly binds: readonly Bind[];
  readonly env: Readonly<Record<string, string>>;
  /** What a proxy in front of it would answer once it has died. */
  readonly whenGone: "connection-lost" | "command-exited";
  /** Names the tools that it builds source with, all that its outcome depends on; without it, nothing is known of them. */
  readonly toolchain?: string;
  /** Awaited before each start: makes what is made only once it is needed. @throws Error saying why it cannot be made */
  readonly prepare?: () => Promise<void>;
  /** It may be started before anybody wants it: while it waits it takes little memory, and no processor time. */
  readonly startAhead?: true;
}

/** One host path that is shown inside, read-only. */
export interface Bind {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path inside. */
  readonly target: string;
}

/**
 * Finds how to run a kind; a string says why it cannot be run here. `memoryMb` is the container's; undefined when it is only
 * asked whether the kind can be run.
 */
export type FindLauncher = (kind: string, image: string, memoryMb?: number) => Launcher | string;
